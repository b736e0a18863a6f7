package lab

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// control is the HTTP server by which the links are cut, healed, slowed and made to stall.
type control struct {
	lab      *Lab
	listener net.Listener
	server   *http.Server
	log      *slog.Logger
	done     chan struct{} // closed when serve has ended; nil before serve
}

func openControl(l *Lab, port int) (*control, error) {
	listener, err := listen(port)
	if err != nil {
		return nil, fmt.Errorf("control of the links: %w", err)
	}
	c := &control{lab: l, listener: listener, log: l.log}
	routes := http.NewServeMux()
	routes.HandleFunc("GET /{$}", c.state)
	routes.HandleFunc("POST /cut", c.all(cut))
	routes.HandleFunc("POST /heal", c.all(func(l *Link, _ *http.Request) error { return l.Heal() }))
	routes.HandleFunc("POST /slow", c.all(slow))
	routes.HandleFunc("POST /stall", c.all(stall))
	routes.HandleFunc("POST /reset", c.all(func(l *Link, _ *http.Request) error { return l.Reset() }))
	c.server = &http.Server{Handler: routes, ReadHeaderTimeout: 5 * time.Second}
	return c, nil
}

// serve answers requests until close.
func (c *control) serve() {
	c.done = make(chan struct{})
	go func() {
		defer close(c.done)
		if err := c.server.Serve(c.listener); !errors.Is(err, http.ErrServerClosed) {
			c.log.Error("control of the links ended", "error", err)
		}
	}()
}

func (c *control) close() error {
	if c.done == nil {
		return c.listener.Close()
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	err := c.server.Shutdown(ctx)
	if err != nil {
		err = c.server.Close() // somebody keeps a connection without asking anything
	}
	<-c.done
	return err
}

func (c *control) url() string { return "http://" + c.listener.Addr().String() }

// State is what GET / of the control answers, and every change of a link.
type State struct {
	Links map[string]LinkState `json:"links"` // by secondary site
	PIDs  map[string]int       `json:"pids"`
}

func (c *control) state(w http.ResponseWriter, _ *http.Request) {
	state := State{Links: make(map[string]LinkState), PIDs: c.lab.PIDs()}
	for _, s := range c.lab.secondaries {
		state.Links[s.name] = s.link.State()
	}
	c.answer(w, http.StatusOK, "application/json", state)
}

// all makes a handler that changes the link of the site in the request, or of every site.
func (c *control) all(change func(*Link, *http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		sites := c.lab.secondaries
		if name := r.FormValue("site"); name != "" {
			s, err := c.lab.secondary(name)
			if err != nil {
				c.refuse(w, http.StatusNotFound, err)
				return
			}
			sites = []*installation{s}
		}
		for _, s := range sites {
			if err := change(s.link, r); err != nil {
				c.refuse(w, http.StatusBadRequest, err)
				return
			}
		}
		c.state(w, r)
	}
}

func cut(l *Link, r *http.Request) error {
	mode, direction := Mode(r.FormValue("mode")), Direction(r.FormValue("direction"))
	if mode == "" {
		mode = Swallow
	}
	if direction == "" {
		direction = Both
	}
	return l.Cut(mode, direction)
}

func slow(l *Link, r *http.Request) error {
	rtt, err := parseRTT(r.FormValue("rtt"))
	if err != nil {
		return err
	}
	rate, err := parseRate(r.FormValue("rate"))
	if err != nil {
		return err
	}
	l.Slow(rtt, rate)
	return nil
}

func stall(l *Link, r *http.Request) error {
	p, err := strconv.ParseFloat(r.FormValue("p"), 64)
	if err != nil || math.IsNaN(p) || p < 0 || p > 1 {
		return fmt.Errorf("p=%q: must be a probability from 0 to 1", r.FormValue("p"))
	}
	l.Stall(p)
	return nil
}

// parseRTT reads a round-trip time, "230ms"; none is no delay.
func parseRTT(text string) (time.Duration, error) {
	if text == "" {
		return 0, nil
	}
	rtt, err := time.ParseDuration(text)
	if err != nil || rtt < 0 {
		return 0, fmt.Errorf("rtt=%q: must be a duration such as 230ms", text)
	}
	return rtt, nil
}

// parseRate reads bytes a second, "64000", "64k" or "2m"; none is no limit.
func parseRate(text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	number, unit := strings.ToLower(text), 1.0
	if rest, ok := strings.CutSuffix(number, "k"); ok {
		number, unit = rest, 1e3
	} else if rest, ok := strings.CutSuffix(number, "m"); ok {
		number, unit = rest, 1e6
	}
	value, err := strconv.ParseFloat(number, 64)
	rate := value * unit
	if err != nil || math.IsNaN(rate) || rate < 0 || rate > math.MaxInt32 || rate > 0 && rate < 1 {
		return 0, fmt.Errorf("rate=%q: must be bytes a second such as 64000, 64k or 2m, or 0 for no limit", text)
	}
	return int64(rate), nil
}

func (c *control) refuse(w http.ResponseWriter, status int, err error) {
	c.answer(w, status, "application/problem+json", map[string]any{
		"title": http.StatusText(status), "status": status, "detail": err.Error(),
	})
}

func (c *control) answer(w http.ResponseWriter, status int, mediaType string, body any) {
	w.Header().Set("Content-Type", mediaType)
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(body); err != nil {
		c.log.Debug("control of the links cannot answer", "error", err)
	}
}
