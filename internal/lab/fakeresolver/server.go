// Package fakeresolver is a Sesame and a NED for tests and labs: a real HTTP server that answers names as they do, from a
// list of its own, and that can fail while it runs.
//
// By hand, $NAMES being its address:
//
//	curl "$NAMES/sesame/-oxp/S?M%2042"
//	curl "$NAMES/ned?name=M%2042"
//	curl -X POST "$NAMES/control/fail?service=sesame&how=down"    also swallow, nonsense; ned
//	curl -X POST $NAMES/control/heal
package fakeresolver

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"time"
)

// Object is what a service knows.
type Object struct {
	Name, Type          string
	RA, Dec             float64 // degrees
	MotionRA, MotionDec float64 // milliarcseconds a year; only Sesame says them
	Services            []string
}

// The services.
const (
	Sesame = "sesame"
	NED    = "ned"
)

// How says in what way a service fails.
type How string

// The ways to fail.
const (
	Down     How = "down"     // closes connections without a word
	Swallow  How = "swallow"  // never answers
	Nonsense How = "nonsense" // answers something else
)

// Server is a running one. It is safe for concurrent use.
type Server struct {
	url    string
	server *http.Server
	served chan error

	mu       sync.Mutex
	objects  map[string]Object // by plain name
	failures map[string]How
	asked    map[string]int
	closed   chan struct{}
}

// Objects are what a server knows at the start.
func Objects() map[string]Object {
	both, first, second := []string{Sesame, NED}, []string{Sesame}, []string{NED}
	return map[string]Object{
		"M42":           {Name: "M  42", Type: "HII", RA: 83.8220833, Dec: -5.3911111, MotionRA: 1.67, MotionDec: -0.3, Services: both},
		"M31":           {Name: "M  31", Type: "G", RA: 10.6847083, Dec: 41.26875, Services: both},
		"NGC253":        {Name: "NGC   253", Type: "SyG", RA: 11.8880583, Dec: -25.2888, Services: both},
		"Proxima Cen":   {Name: "NAME Proxima Centauri", Type: "Er*", RA: 217.4289422, Dec: -62.6794902, MotionRA: -3781.741, MotionDec: 769.465, Services: first},
		"WISEA J123456": {Name: "WISEA J123456.78-123456.7", Type: "IrS", RA: 188.736583, Dec: -12.582417, Services: second},
	}
}

// Start starts a server on a port of the loopback interface; 0: a free one. Close ends it.
func Start(port int) (*Server, error) {
	address := netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), uint16(port))
	listener, err := net.ListenTCP("tcp", net.TCPAddrFromAddrPort(address))
	if err != nil {
		return nil, err
	}
	s := &Server{
		url: "http://" + listener.Addr().String(), served: make(chan error, 1), objects: map[string]Object{},
		failures: map[string]How{}, asked: map[string]int{}, closed: make(chan struct{}),
	}
	for name, o := range Objects() {
		s.Put(name, o)
	}
	routes := http.NewServeMux()
	routes.HandleFunc("GET /sesame/{options}/{resolvers}", s.answering(Sesame, s.sesame))
	routes.HandleFunc("GET /ned", s.answering(NED, s.ned))
	routes.HandleFunc("POST /control/fail", func(_ http.ResponseWriter, r *http.Request) {
		s.Fail(r.FormValue("service"), How(r.FormValue("how")))
	})
	routes.HandleFunc("POST /control/heal", func(http.ResponseWriter, *http.Request) { s.Heal() })
	s.server = &http.Server{Handler: routes, ReadHeaderTimeout: 5 * time.Second}
	go func() { s.served <- s.server.Serve(listener) }()
	return s, nil
}

// Close ends the server at once.
func (s *Server) Close() error {
	close(s.closed)
	err := s.server.Close()
	if served := <-s.served; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}

// URL is where the server is.
func (s *Server) URL() string { return s.url }

// SesameURL is what SESAME_URL has to be.
func (s *Server) SesameURL() string { return s.url + "/sesame" }

// NEDURL is what NED_URL has to be.
func (s *Server) NEDURL() string { return s.url + "/ned" }

// Put makes an object known by a name.
func (s *Server) Put(name string, o Object) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.objects[plain(name)] = o
}

// Fail lets a service fail from now on.
func (s *Server) Fail(service string, how How) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failures[service] = how
}

// Heal lets both services work again.
func (s *Server) Heal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.failures)
}

// Asked returns how often each service was asked.
func (s *Server) Asked() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.asked)
}

func plain(name string) string { return strings.ToLower(strings.ReplaceAll(name, " ", "")) }

// answering fails as it is told, else answers.
func (s *Server) answering(service string, answer http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.asked[service]++
		how := s.failures[service]
		s.mu.Unlock()
		switch how {
		case Down:
			panic(http.ErrAbortHandler)
		case Swallow:
			select {
			case <-r.Context().Done():
			case <-s.closed:
			}
		case Nonsense:
			said(io.WriteString(w, "<html>Maintenance</html>"))
		default:
			answer(w, r)
		}
	}
}

// said is for writes whose failure only the reader sees.
func said(int, error) {}

func (s *Server) find(service, name string) (Object, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o, ok := s.objects[plain(name)]
	for _, of := range o.Services {
		if ok && of == service {
			return o, true
		}
	}
	return Object{}, false
}

func (s *Server) sesame(w http.ResponseWriter, r *http.Request) {
	name, err := url.QueryUnescape(r.URL.RawQuery)
	if err != nil || r.PathValue("options") != "-oxp" || r.PathValue("resolvers") != "S" {
		http.Error(w, "what?", http.StatusBadRequest)
		return
	}
	said(fmt.Fprintf(w, "<?xml version=\"1.0\" encoding=\"UTF-8\" ?>\n<Sesame xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">\n<Target option=\"S\">\n  <name>%s</name>\n  <Resolver name=\"S=Simbad (CDS, via client/server)\"><!-- delay: 1ms -->\n", escaped(name)))
	if o, ok := s.find(Sesame, name); ok {
		said(fmt.Fprintf(w, "    <otype>%s</otype>\n    <jradeg>%v</jradeg>\n    <jdedeg>%v</jdedeg>\n", escaped(o.Type), o.RA, o.Dec))
		if o.MotionRA != 0 || o.MotionDec != 0 {
			said(fmt.Fprintf(w, "    <pm><v>1</v><pa>0</pa><pmRA>%v</pmRA><epmRA>.1</epmRA><pmDE>%v</pmDE></pm>\n", o.MotionRA, o.MotionDec))
		}
		said(fmt.Fprintf(w, "    <oname>%s</oname>\n", escaped(o.Name)))
	} else {
		said(io.WriteString(w, "    <INFO> *** Nothing found *** </INFO>\n"))
	}
	said(io.WriteString(w, "  </Resolver>\n</Target>\n</Sesame>\n"))
}

func escaped(text string) string {
	var b strings.Builder
	if err := xml.EscapeText(&b, []byte(text)); err != nil {
		panic(err)
	}
	return b.String()
}

func (s *Server) ned(w http.ResponseWriter, r *http.Request) {
	name := r.FormValue("name")
	answer := map[string]any{"Supplied": name, "StatusCode": 100, "ResultCode": 0}
	if o, ok := s.find(NED, name); ok {
		answer["ResultCode"] = 3
		answer["Preferred"] = map[string]any{
			"Name": o.Name, "ObjType": map[string]any{"Value": o.Type}, "Position": map[string]any{"RA": o.RA, "Dec": o.Dec},
		}
	}
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(answer); err != nil {
		panic(http.ErrAbortHandler)
	}
}
