package fakegithub

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

func (s *Server) routeAPI(routes *http.ServeMux) {
	routes.HandleFunc("GET /api/user", s.failing(s.as("read:user", s.user)))
	routes.HandleFunc("GET /api/user/emails", s.failing(s.as("user:email", s.emails)))
	routes.HandleFunc("GET /api/user/memberships/orgs/{org}", s.failing(s.as("read:org", s.membership)))
	routes.HandleFunc("GET /api/user/teams", s.failing(s.as("read:org", s.teams)))
}

// as finds out whose token it is, and whether it is good for the question.
func (s *Server) as(scope string, next func(http.ResponseWriter, *http.Request, Account)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		g, good := s.tokens[token]
		account, found := s.find(g.account)
		revoked := s.failure.How == Revoked
		s.mu.Unlock()
		switch {
		case scheme != "Bearer" || !good || !found || revoked:
			answer(w, http.StatusUnauthorized, map[string]string{"message": "Bad credentials"})
		case !slices.Contains(g.scopes, scope):
			answer(w, http.StatusForbidden, map[string]string{"message": "You need the scope " + scope})
		default:
			next(w, r, account)
		}
	}
}

// find returns the account of a number. s.mu is held.
func (s *Server) find(id int64) (Account, bool) {
	for _, a := range s.accounts {
		if a.ID == id {
			return a, true
		}
	}
	return Account{}, false
}

func (s *Server) user(w http.ResponseWriter, _ *http.Request, a Account) {
	answer(w, http.StatusOK, map[string]any{"id": a.ID, "login": a.Login, "name": orNull(a.Name), "email": orNull(a.Email)})
}

func orNull(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

func (s *Server) emails(w http.ResponseWriter, _ *http.Request, a Account) {
	answer(w, http.StatusOK, append([]Email{}, a.Emails...))
}

func (s *Server) membership(w http.ResponseWriter, r *http.Request, a Account) {
	for org, state := range a.Organisations {
		if strings.EqualFold(org, r.PathValue("org")) {
			answer(w, http.StatusOK, map[string]any{"state": state, "role": "member", "organization": map[string]any{"login": org}})
			return
		}
	}
	answer(w, http.StatusNotFound, map[string]string{"message": "Not Found"})
}

func (s *Server) teams(w http.ResponseWriter, r *http.Request, a Account) {
	size, page := number(r, "per_page", 30), number(r, "page", 1)
	from := min((page-1)*size, len(a.Teams))
	to := min(from+size, len(a.Teams))
	if to < len(a.Teams) {
		w.Header().Set("Link", fmt.Sprintf(`<%s/user/teams?per_page=%d&page=%d>; rel="next", <%[1]s/user/teams?per_page=%[2]d&page=%[4]d>; rel="last"`,
			s.APIURL(), size, page+1, (len(a.Teams)+size-1)/size))
	}
	list := []any{}
	for _, team := range a.Teams[from:to] {
		org, slug, _ := strings.Cut(team, "/")
		list = append(list, map[string]any{"slug": slug, "organization": map[string]any{"login": org}})
	}
	answer(w, http.StatusOK, list)
}

// number reads a number from 1 to 100 of a query.
func number(r *http.Request, name string, otherwise int) int {
	n, err := strconv.Atoi(r.FormValue(name))
	if err != nil || n < 1 || n > 100 {
		return otherwise
	}
	return n
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(body); err != nil {
		panic(http.ErrAbortHandler)
	}
}
