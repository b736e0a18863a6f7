package fakegithub

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"
)

// State is what GET /control/ answers, and every change there.
type State struct {
	Accounts []Account `json:"accounts"`
	Chosen   string    `json:"chosen"`
	Failure  Failure   `json:"failure"`
}

func (s *Server) routeControl(routes *http.ServeMux) {
	change := func(pattern string, apply func(*http.Request) error) {
		routes.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			if err := apply(r); err != nil {
				answer(w, http.StatusBadRequest, map[string]string{"message": err.Error()})
				return
			}
			s.state(w, r)
		})
	}
	routes.HandleFunc("GET /control/{$}", s.state)
	change("PUT /control/accounts/{login}", func(r *http.Request) error {
		var a Account
		if err := json.NewDecoder(r.Body).Decode(&a); err != nil {
			return err
		}
		a.Login = r.PathValue("login")
		if a.ID <= 0 {
			return fmt.Errorf("id %d: must be greater than 0", a.ID)
		}
		s.Put(a)
		return nil
	})
	change("DELETE /control/accounts/{login}", func(r *http.Request) error {
		s.Remove(r.PathValue("login"))
		return nil
	})
	change("POST /control/choose", func(r *http.Request) error {
		s.Choose(r.FormValue("login"))
		return nil
	})
	change("POST /control/fail", s.failByHand)
	change("POST /control/heal", func(*http.Request) error {
		s.Heal()
		return nil
	})
}

func (s *Server) failByHand(r *http.Request) error {
	f := Failure{How: How(r.FormValue("how")), Path: r.FormValue("path")}
	if !slices.Contains([]How{Slow, Down, Swallow, Broken, Limited, Revoked}, f.How) {
		return fmt.Errorf("how=%q: must be slow, down, swallow, error, limited or revoked", f.How)
	}
	if f.How == Slow {
		delay, err := time.ParseDuration(r.FormValue("delay"))
		if err != nil || delay < 0 {
			return fmt.Errorf("delay=%q: must be a duration such as 3s", r.FormValue("delay"))
		}
		f.Delay = delay
	}
	s.Fail(f)
	return nil
}

func (s *Server) state(w http.ResponseWriter, _ *http.Request) {
	state := State{Accounts: s.Accounts()}
	s.mu.Lock()
	state.Chosen, state.Failure = s.chosen, s.failure
	s.mu.Unlock()
	answer(w, http.StatusOK, state)
}
