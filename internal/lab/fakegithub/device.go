package fakegithub

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"strings"
	"time"
)

const (
	deviceGrant = "urn:ietf:params:oauth:grant-type:device_code"
	// deviceInterval is one second; GitHub has five.
	deviceInterval = time.Second
	deviceLifetime = 15 * time.Minute
)

// device is a sign-in from a terminal.
type device struct {
	userCode string
	scopes   []string
	ends     time.Time
	hurried  bool  // the next question comes too early
	account  int64 // who has entered the code; 0: nobody yet
	declined bool
}

// deviceCode begins a sign-in from a terminal.
func (s *Server) deviceCode(w http.ResponseWriter, r *http.Request) {
	if r.PostForm.Get("client_id") != s.options.ClientID {
		answer(w, http.StatusNotFound, map[string]string{"error": "Not Found"})
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	text := rand.Text()
	d := &device{userCode: text[:4] + "-" + text[4:8], scopes: strings.Fields(r.PostForm.Get("scope")), ends: time.Now().Add(deviceLifetime)}
	code := s.secret("device-")
	s.devices[code] = d
	answer(w, http.StatusOK, map[string]any{
		"device_code": code, "user_code": d.userCode, "verification_uri": s.url + "/login/device",
		"expires_in": int(deviceLifetime.Seconds()), "interval": int(deviceInterval.Seconds()),
	})
}

// devicePage takes the code that a terminal shows from whoever is chosen.
func (s *Server) devicePage(w http.ResponseWriter, r *http.Request) {
	login := r.FormValue("login")
	if err := s.EnterDevice(r.FormValue("user_code"), login); err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	answer(w, http.StatusOK, map[string]string{"login": login})
}

// EnterDevice lets somebody enter the code that a terminal shows; "-" declines.
func (s *Server) EnterDevice(userCode, login string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range s.devices {
		if d.userCode != userCode {
			continue
		}
		account, found := s.accounts[strings.ToLower(login)]
		if !found && login != nobody {
			return fmt.Errorf("there is no account %q", login)
		}
		d.account, d.declined = account.ID, login == nobody
		return nil
	}
	return fmt.Errorf("no terminal shows %q", userCode)
}

// HurryDevices lets GitHub find the next question of every terminal too early.
func (s *Server) HurryDevices() { s.eachDevice(func(d *device) { d.hurried = true }) }

// ExpireDevices ends the time of all sign-ins from terminals.
func (s *Server) ExpireDevices() { s.eachDevice(func(d *device) { d.ends = time.Time{} }) }

func (s *Server) eachDevice(do func(*device)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range s.devices {
		do(d)
	}
}

// deviceToken tells a terminal whether its user has entered the code, and gives the token once.
func (s *Server) deviceToken(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	code := r.PostForm.Get("device_code")
	d, found := s.devices[code]
	no := func(reason string, more int) {
		answer(w, http.StatusOK, map[string]any{"error": reason, "error_description": "See the documentation.", "interval": more})
	}
	interval := int(deviceInterval.Seconds())
	switch {
	case r.PostForm.Get("client_id") != s.options.ClientID:
		no("incorrect_client_credentials", interval)
	case !found:
		no("incorrect_device_code", interval)
	case time.Now().After(d.ends):
		no("expired_token", interval)
	case d.declined:
		no("access_denied", interval)
	case d.hurried:
		d.hurried = false
		no("slow_down", interval+1)
	case d.account == 0:
		no("authorization_pending", interval)
	default:
		delete(s.devices, code)
		token := s.secret("gho_")
		s.tokens[token] = grant{account: d.account, scopes: d.scopes}
		answer(w, http.StatusOK, map[string]string{"access_token": token, "token_type": "bearer", "scope": strings.Join(d.scopes, ",")})
	}
}
