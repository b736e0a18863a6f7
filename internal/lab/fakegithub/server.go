// Package fakegithub is a GitHub for tests and labs: a real HTTP server with the parts of GitHub by which people sign in,
// whose accounts can be changed and which can fail in every way while it runs.
//
// By hand, $GITHUB being its address:
//
//	curl $GITHUB/control/                              accounts, who is chosen, what fails
//	curl -X PUT -d '{"id": 9, "organisations": {"ccatobs": "active"}, "teams": ["ccatobs/observers"]}' $GITHUB/control/accounts/nora
//	curl -X DELETE $GITHUB/control/accounts/nora
//	curl -X POST "$GITHUB/control/choose?login=nora"   she signs in from now on, without being asked
//	curl -X POST "$GITHUB/control/fail?how=slow&delay=3s"; also down, swallow, error, limited, revoked; path=/api/user: only there
//	curl -X POST $GITHUB/control/heal
//
//	curl "$GITHUB/login/device?user_code=WDJB-MJHT&login=nora"   she enters the code that a terminal shows; login=- declines
//
// With nobody chosen a browser shows whom there is to choose from.
package fakegithub

import (
	"context"
	"crypto/rand"
	"errors"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"
)

// Account is somebody who can sign in.
type Account struct {
	ID            int64             `json:"id"`
	Login         string            `json:"login"`
	Name          string            `json:"name"`
	Email         string            `json:"email"`         // shown to everybody
	Emails        []Email           `json:"emails"`        // shown to apps that may ask for them
	Organisations map[string]string `json:"organisations"` // with the state of the membership: active or pending
	Teams         []string          `json:"teams"`         // "organisation/team"
}

// Email is an address of an account.
type Email struct {
	Email    string `json:"email"`
	Primary  bool   `json:"primary"`
	Verified bool   `json:"verified"`
}

// How says in what way the server fails.
type How string

// The ways to fail.
const (
	Slow    How = "slow"    // answers after the delay
	Down    How = "down"    // closes connections without a word
	Swallow How = "swallow" // never answers
	Broken  How = "error"   // answers 502
	Limited How = "limited" // answers 403: asked too often
	Revoked How = "revoked" // takes no token
)

// Failure is what goes wrong.
type Failure struct {
	How   How           `json:"how"`
	Path  string        `json:"path"`  // what the paths begin with that fail; empty: all
	Delay time.Duration `json:"delay"` // of Slow, in nanoseconds
}

// Options say what the server is like.
type Options struct {
	Port         int // of the loopback interface; 0: a free one
	ClientID     string
	ClientSecret string
	Accounts     []Account
}

// Server is a running GitHub. It is safe for concurrent use.
type Server struct {
	options Options
	url     string
	server  *http.Server
	served  chan error

	mu       sync.Mutex
	accounts map[string]Account // by login in lower case
	chosen   string
	failure  Failure
	changed  chan struct{} // closed when another failure, or none, is chosen
	codes    map[string]grant
	devices  map[string]*device // by device code
	tokens   map[string]grant
	secrets  []string
}

// grant is what somebody has allowed the app.
type grant struct {
	account   int64
	scopes    []string
	challenge string
	callback  string
}

// Start starts a server. Close ends it.
func Start(o Options) (*Server, error) {
	address := netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), uint16(o.Port))
	listener, err := net.ListenTCP("tcp", net.TCPAddrFromAddrPort(address))
	if err != nil {
		return nil, err
	}
	s := &Server{
		options: o, url: "http://" + listener.Addr().String(), served: make(chan error, 1), changed: make(chan struct{}),
		accounts: map[string]Account{}, codes: map[string]grant{}, devices: map[string]*device{}, tokens: map[string]grant{},
	}
	for _, a := range o.Accounts {
		s.Put(a)
	}
	routes := http.NewServeMux()
	s.routeControl(routes)
	s.routeSignIn(routes)
	s.routeAPI(routes)
	s.server = &http.Server{Handler: routes, ReadHeaderTimeout: 5 * time.Second}
	go func() { s.served <- s.server.Serve(listener) }()
	return s, nil
}

// Close ends the server at once, with whatever is under way.
func (s *Server) Close() error {
	s.Heal()
	err := s.server.Close()
	if served := <-s.served; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	s.served <- http.ErrServerClosed
	return err
}

// URL is what GITHUB_URL has to be.
func (s *Server) URL() string { return s.url }

// APIURL is what GITHUB_API_URL has to be.
func (s *Server) APIURL() string { return s.url + "/api" }

// ControlURL is where accounts and failures are changed by hand.
func (s *Server) ControlURL() string { return s.url + "/control/" }

// Put makes an account, or changes it. One that is there under another login is renamed.
func (s *Server) Put(a Account) {
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.DeleteFunc(s.accounts, func(_ string, other Account) bool { return other.ID == a.ID })
	s.accounts[strings.ToLower(a.Login)] = a
}

// Remove removes an account. Its tokens are good no more.
func (s *Server) Remove(login string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.accounts, strings.ToLower(login))
}

// Choose says who signs in from now on, without being asked; empty: a page asks.
func (s *Server) Choose(login string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.chosen = strings.ToLower(login)
}

// Fail makes the server fail until Heal.
func (s *Server) Fail(f Failure) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failure = f
	close(s.changed)
	s.changed = make(chan struct{})
}

// Heal ends a failure. What was swallowed stays unanswered.
func (s *Server) Heal() { s.Fail(Failure{}) }

// Accounts returns all accounts in order of their logins.
func (s *Server) Accounts() []Account {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []Account
	for _, login := range slices.Sorted(maps.Keys(s.accounts)) {
		list = append(list, s.accounts[login])
	}
	return list
}

// Secrets returns all codes and tokens that were given out: nobody else may ever show one.
func (s *Server) Secrets() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.secrets)
}

// secret returns a new code or token. s.mu is held.
func (s *Server) secret(prefix string) string {
	text := prefix + rand.Text()
	s.secrets = append(s.secrets, text)
	return text
}

// failing lets a failure come before a handler.
func (s *Server) failing(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		f, changed := s.failure, s.changed
		s.mu.Unlock()
		if !strings.HasPrefix(r.URL.Path, f.Path) {
			f = Failure{}
		}
		// Only when the body has been read does net/http notice that the client has gone.
		if err := r.ParseForm(); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		switch f.How {
		case Slow:
			wait(r.Context(), time.After(f.Delay), changed)
		case Swallow:
			wait(r.Context(), nil, changed)
			panic(http.ErrAbortHandler)
		case Down:
			panic(http.ErrAbortHandler)
		case Broken:
			http.Error(w, "Bad Gateway", http.StatusBadGateway)
			return
		case Limited:
			w.Header().Set("X-RateLimit-Remaining", "0")
			w.Header().Set("Retry-After", "30")
			answer(w, http.StatusForbidden, map[string]string{"message": "You have exceeded a secondary rate limit."})
			return
		case Revoked: // seen where tokens are taken
		}
		next(w, r)
	}
}

func wait(ctx context.Context, enough <-chan time.Time, changed <-chan struct{}) {
	select {
	case <-ctx.Done():
	case <-enough:
	case <-changed:
	}
}
