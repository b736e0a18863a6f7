package httpapi

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/labstack/echo/v4"
)

// preflightFor is how many seconds a browser may remember what pages of another origin may send.
const preflightFor = "600"

// crossOrigin lets the pages of the configured origins use the API, with the methods and headers that the document has.
// For any other origin an answer has nothing that a browser would show to its pages.
func (s *Server) crossOrigin(doc *openapi3.T) echo.MiddlewareFunc {
	methods := newMethodTable(doc)
	takes := strings.Join(requestHeaders(doc), ", ")
	exposes := strings.Join(responseHeaders(doc), ", ")
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			r, h := c.Request(), c.Response().Header()
			h.Add(echo.HeaderVary, echo.HeaderOrigin)
			origin := r.Header.Get(echo.HeaderOrigin)
			if !slices.Contains(s.access.CORSOrigins, origin) {
				return next(c)
			}
			h.Set(echo.HeaderAccessControlAllowOrigin, origin)
			h.Set(echo.HeaderAccessControlAllowCredentials, "true")
			if r.Method != http.MethodOptions || r.Header.Get(echo.HeaderAccessControlRequestMethod) == "" {
				h.Set(echo.HeaderAccessControlExposeHeaders, exposes)
				return next(c)
			}
			allowed := methods.of(r.URL.Path)
			if allowed == nil {
				return echo.ErrNotFound
			}
			h.Set(echo.HeaderAccessControlAllowMethods, strings.Join(allowed, ", "))
			h.Set(echo.HeaderAccessControlAllowHeaders, takes)
			h.Set(echo.HeaderAccessControlMaxAge, preflightFor)
			return c.NoContent(http.StatusNoContent)
		}
	}
}

// methodTable knows the methods of each path of the document.
type methodTable struct {
	fixed    map[string][]string
	patterns map[string][]string // paths with {braces}
}

func newMethodTable(doc *openapi3.T) methodTable {
	t := methodTable{fixed: map[string][]string{}, patterns: map[string][]string{}}
	for path, item := range doc.Paths.Map() {
		methods := slices.Sorted(maps.Keys(item.Operations()))
		if strings.Contains(path, "{") {
			t.patterns[path] = methods
		} else {
			t.fixed[path] = methods
		}
	}
	return t
}

// of returns the methods of the path that a request names, nil when there is none.
func (t methodTable) of(path string) []string {
	if methods, ok := t.fixed[path]; ok {
		return methods
	}
	parts := strings.Split(path, "/")
	for pattern, methods := range t.patterns {
		if fits(strings.Split(pattern, "/"), parts) {
			return methods
		}
	}
	return nil
}

func fits(pattern, path []string) bool {
	return slices.EqualFunc(pattern, path, func(want, part string) bool {
		return want == part || strings.HasPrefix(want, "{") && part != ""
	})
}

// requestHeaders lists what operations take, besides what every request may have.
func requestHeaders(doc *openapi3.T) []string {
	names := map[string]bool{echo.HeaderAuthorization: true, echo.HeaderContentType: true, headerRequestID: true}
	for _, item := range doc.Paths.Map() {
		for _, o := range item.Operations() {
			for _, p := range o.Parameters {
				if p.Value.In == openapi3.ParameterInHeader {
					names[p.Value.Name] = true
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// responseHeaders lists what scripts of a page may read.
func responseHeaders(doc *openapi3.T) []string {
	names := map[string]bool{headerRequestID: true}
	for _, item := range doc.Paths.Map() {
		for _, o := range item.Operations() {
			for _, r := range o.Responses.Map() {
				for name := range r.Value.Headers {
					names[name] = true
				}
			}
		}
	}
	delete(names, echo.HeaderSetCookie) // which no script may read
	return slices.Sorted(maps.Keys(names))
}
