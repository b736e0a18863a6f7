package fakegithub

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"html/template"
	"net/http"
	"net/url"
	"strings"
)

func (s *Server) routeSignIn(routes *http.ServeMux) {
	routes.HandleFunc("GET /login/oauth/authorize", s.failing(s.authorize))
	routes.HandleFunc("POST /login/oauth/access_token", s.failing(s.token))
	routes.HandleFunc("POST /login/device/code", s.failing(s.deviceCode))
	routes.HandleFunc("GET /login/device", s.failing(s.devicePage))
}

// nobody is who declines.
const nobody = "-"

// authorize sends the browser back with a code of whoever is chosen.
func (s *Server) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	callback, err := url.Parse(q.Get("redirect_uri"))
	if err != nil || callback.Host == "" || q.Get("client_id") != s.options.ClientID {
		http.Error(w, "There is no such app.", http.StatusNotFound)
		return
	}
	s.mu.Lock()
	login := strings.ToLower(q.Get("login"))
	if login == "" {
		login = s.chosen
	}
	account, found := s.accounts[login]
	s.mu.Unlock()
	if login != nobody && !found {
		s.choose(w, r)
		return
	}
	back := callback.Query()
	back.Set("state", q.Get("state"))
	switch {
	case login == nobody:
		back.Set("error", "access_denied")
		back.Set("error_description", "The user has denied your application access.")
	case q.Get("code_challenge") != "" && q.Get("code_challenge_method") != "S256":
		back.Set("error", "invalid_request")
	default:
		back.Set("code", s.code(grant{
			account: account.ID, scopes: strings.Fields(q.Get("scope")), challenge: q.Get("code_challenge"), callback: callback.String(),
		}))
	}
	callback.RawQuery = back.Encode()
	http.Redirect(w, r, callback.String(), http.StatusFound)
}

var choosePage = template.Must(template.New("choose").Parse(`<!doctype html><title>Sign in</title><h1>Who are you?</h1><ul>
{{range .}}<li><a href="{{.Address}}">{{.Who}}</a></li>
{{end}}</ul>`))

// choose asks who signs in.
func (s *Server) choose(w http.ResponseWriter, r *http.Request) {
	type choice struct{ Address, Who string }
	link := func(login, who string) choice {
		q := r.URL.Query()
		q.Set("login", login)
		return choice{r.URL.Path + "?" + q.Encode(), who}
	}
	var choices []choice
	for _, a := range s.Accounts() {
		choices = append(choices, link(a.Login, a.Login))
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if err := choosePage.Execute(w, append(choices, link(nobody, "Nobody: decline"))); err != nil {
		panic(http.ErrAbortHandler)
	}
}

// token exchanges a code, which is good once.
func (s *Server) token(w http.ResponseWriter, r *http.Request) {
	if r.PostForm.Get("grant_type") == deviceGrant {
		s.deviceToken(w, r)
		return
	}
	if r.PostForm.Get("client_id") != s.options.ClientID || r.PostForm.Get("client_secret") != s.options.ClientSecret {
		refuse(w, "incorrect_client_credentials")
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	g, found := s.codes[r.PostForm.Get("code")]
	delete(s.codes, r.PostForm.Get("code"))
	switch {
	case !found || !proves(r.PostForm.Get("code_verifier"), g.challenge):
		refuse(w, "bad_verification_code")
	case r.PostForm.Get("redirect_uri") != g.callback:
		refuse(w, "redirect_uri_mismatch")
	default:
		token := s.secret("gho_")
		s.tokens[token] = g
		form(w, url.Values{"access_token": {token}, "token_type": {"bearer"}, "scope": {strings.Join(g.scopes, ",")}})
	}
}

// code returns a code for what was granted.
func (s *Server) code(g grant) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	code := s.secret("code-")
	s.codes[code] = g
	return code
}

// proves tells whether a verifier is the one whose hash came with the beginning of the sign-in.
func proves(verifier, challenge string) bool {
	sum := sha256.Sum256([]byte(verifier))
	return challenge == "" || subtle.ConstantTimeCompare([]byte(base64.RawURLEncoding.EncodeToString(sum[:])), []byte(challenge)) == 1
}

// refuse answers as GitHub does: with 200.
func refuse(w http.ResponseWriter, reason string) {
	form(w, url.Values{"error": {reason}, "error_description": {"See the documentation."}})
}

func form(w http.ResponseWriter, values url.Values) {
	w.Header().Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	if _, err := w.Write([]byte(values.Encode())); err != nil {
		panic(http.ErrAbortHandler)
	}
}
