// Package httpapi is the HTTP API of a site. The OpenAPI document drives it: at the start each operation's middlewares
// (authenticate, authorise, validate) are built from what the document says about it, and a handler only turns a
// validated request into a call of the buffer or a read. One file holds the handlers of one tag.
package httpapi

import (
	"cmp"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/labstack/echo/v4"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/internal/auth"
	"github.com/ccatobs/opsdb/internal/buffer"
	"github.com/ccatobs/opsdb/internal/cache"
	"github.com/ccatobs/opsdb/internal/live"
	"github.com/ccatobs/opsdb/internal/postgres"
	"github.com/ccatobs/opsdb/internal/resolver"
	"github.com/ccatobs/opsdb/internal/site"
	"github.com/ccatobs/opsdb/internal/visibility"
)

// Access is what a server knows of who may do what.
type Access struct {
	Keys      auth.Keys
	Directory *auth.Directory
	Sessions  *auth.Sessions
	Verifier  *auth.Verifier
	Usage     *auth.Usage     // of tokens; nil: nobody counts
	SignIn    *auth.SignIn    // by GitHub; nil: off
	Operators *auth.Operators // for emergencies; nil: off

	FrontendURL      string        // where a browser goes after the sign-in; empty: to the docs of this server
	CORSOrigins      []string      // of pages that may use the API with a session
	TrustedProxies   []*net.IPNet  // whose X-Forwarded-For is believed
	RateLimit        float64       // requests a second of one principal; 0: no limit
	TokenLifetime    time.Duration // of a token whose maker does not say
	TokenLifetimeMax time.Duration
	TokensPerUser    int  // that may be good at a time
	DemoTokens       bool // everybody gets a token who asks
	TokenInURL       bool // the sign-in also hands the access token over in the address
	StreamTokenInURL bool // streams take a token from the address
}

// Deps is what a server works with.
type Deps struct {
	Site      site.Site
	Buffer    *buffer.Buffer
	Replica   *postgres.Replica
	Access    Access
	Live      *live.Hub
	Cache     *cache.Cache
	Sky       *visibility.Planner
	Names     *resolver.Resolver
	Log       *slog.Logger
	PublicURL string        // what clients put before a path
	MainHost  string        // of the main database, as /api/site/info shows it
	LocalHost string        // of the database this site reads
	Version   string        // of the program
	Stalled   time.Duration // a transfer without progress for longer has stalled; 0: a minute
}

// Server answers the operations of the document.
type Server struct {
	site      site.Site
	buffer    *buffer.Buffer
	replica   *postgres.Replica
	access    Access
	live      *live.Hub
	tickets   *auth.Tickets
	cache     *cache.Cache
	sky       *visibility.Planner
	names     *resolver.Resolver
	log       *slog.Logger
	publicURL string
	info      api.SiteInfo
	document  documentFile
	docs      []byte
	units     *knownIDs
	modules   *knownIDs
	stats     *recentStats
	stalled   time.Duration
	overview  *shared[api.TransferOverview]
	metrics   *metrics
	limits    limits
	demos     *budgets          // of demo tokens, for all who ask together
	cautions  map[string]string // headers of every answer
	handler   http.Handler
	draining  atomic.Bool
}

// New returns a server. It opens nothing and asks nobody. Its errors are mistakes in the document.
func New(d Deps) (*Server, error) {
	c, err := theContract()
	if err != nil {
		return nil, err
	}
	s := &Server{
		site: d.Site, buffer: d.Buffer, replica: d.Replica, access: d.Access, live: d.Live, cache: d.Cache, sky: d.Sky, names: d.Names, log: d.Log,
		tickets:   auth.NewTickets(d.Access.Sessions),
		publicURL: strings.TrimSuffix(d.PublicURL, "/"),
		info: api.SiteInfo{
			SiteName: d.Site.Name, SiteType: api.SiteType(d.Site.Type), BufferingEnabled: d.Site.Buffers(true),
			MainDBHost: d.MainHost, LocalDBHost: d.LocalHost, Version: d.Version,
		},
		document: c.text, docs: c.page, stats: newRecentStats(d.Buffer.Stats),
		units:   newKnownIDs(d.knownObsUnits),
		modules: newKnownIDs(d.knownModules),
	}
	s.metrics, s.limits, s.cautions = newMetrics(s.stats, d.Live.Readers), newLimits(d.Access.RateLimit), cautions(s.publicURL)
	s.demos = newBudgets(demoPerSecond, demoAtOnce)
	s.stalled, s.overview = cmp.Or(d.Stalled, time.Minute), newShared(s.transferOverview)
	s.handler = s.route(c.doc, c.ops)
	return s, nil
}

// Drain makes /health/ready say that no more requests should be sent here. Those that come all the same are answered.
func (s *Server) Drain() { s.draining.Store(true) }

// Handler returns the handler of all operations.
func (s *Server) Handler() http.Handler { return s.handler }

// HTTPServer returns a server for Handler whose limits fit the operations: a client that is slow to send or that stops
// reading cannot hold a connection for long, and a request may be held as long as an operation waits at most.
func (s *Server) HTTPServer(address string) *http.Server {
	return &http.Server{
		Addr: address, Handler: s.handler, ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
		ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second, WriteTimeout: maxWait + 30*time.Second,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 16 << 10,
	}
}

func (s *Server) route(doc *openapi3.T, ops []*operation) http.Handler {
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.Pre(completePath(doc))
	e.Use(s.observe, s.crossOrigin(doc), refuseOtherMethods(doc))
	chains := make(map[string][]echo.MiddlewareFunc, len(ops))
	for _, op := range ops {
		chains[op.id] = s.chain(op)
	}
	strict := api.NewStrictHandler(s, []api.StrictMiddlewareFunc{refuseNothing})
	api.RegisterHandlersWithOptions(e, strict, api.RegisterHandlersOptions{OperationMiddlewares: chains})
	return headAsGet(ops, e)
}

// refuseNothing turns a handler that returned neither an answer nor an error into an error: it would be an empty 200.
func refuseNothing(next api.StrictHandlerFunc, operationID string) api.StrictHandlerFunc {
	return func(c echo.Context, request any) (any, error) {
		response, err := next(c, request)
		if err == nil && response == nil {
			return nil, errors.New(operationID + " answered nothing")
		}
		return response, err
	}
}

// completePath lets a collection be written with and without the slash at its end, as today's scripts do.
func completePath(doc *openapi3.T) echo.MiddlewareFunc {
	paths := make(map[string]string)
	for path := range doc.Paths.Map() {
		if short, ok := strings.CutSuffix(path, "/"); ok {
			paths[short] = path
		} else if !strings.Contains(path, "{") {
			paths[path+"/"] = path
		}
	}
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			if path, ok := paths[c.Request().URL.Path]; ok {
				c.Request().URL = &url.URL{Path: path, RawQuery: c.Request().URL.RawQuery}
			}
			return next(c)
		}
	}
}

// headAsGet answers HEAD, which load balancers ask with, like GET; net/http leaves the body out. At a stream HEAD is a method
// that the path does not have: nothing would be sent, and nothing would end it.
func headAsGet(ops []*operation, h http.Handler) http.Handler {
	streams := make(map[string]bool)
	for _, op := range ops {
		if op.topic != "" {
			streams[op.path] = true
		}
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead && !streams[strings.TrimSuffix(r.URL.Path, "/")] {
			r = r.WithContext(r.Context())
			r.Method = http.MethodGet
		}
		h.ServeHTTP(w, r)
	})
}

// refuseOtherMethods answers for the methods that a fixed path does not have. The router would take such a path for the
// value of a parameter: GET /transactions/retry for the transaction "retry".
func refuseOtherMethods(doc *openapi3.T) echo.MiddlewareFunc {
	allowed := make(map[string][]string)
	for path, item := range doc.Paths.Map() {
		if strings.Contains(path, "{") {
			continue
		}
		for method := range item.Operations() {
			allowed[path] = append(allowed[path], method)
		}
		slices.Sort(allowed[path])
	}
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			methods, fixed := allowed[c.Request().URL.Path]
			if !fixed || slices.Contains(methods, c.Request().Method) {
				return next(c)
			}
			c.Response().Header().Set(echo.HeaderAllow, strings.Join(methods, ", "))
			if c.Request().Method == http.MethodOptions {
				return c.NoContent(http.StatusNoContent)
			}
			return echo.ErrMethodNotAllowed
		}
	}
}
