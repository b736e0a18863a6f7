// Package config reads the settings of a site: the environment first, then a .env file in the working directory, then
// defaults. Only commands read it; packages are given values.
package config

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"

	"github.com/kelseyhightower/envconfig"

	"github.com/ccatobs/opsdb/internal/site"
)

// Site says where the program runs.
type Site struct {
	Name           string    `envconfig:"SITE_NAME" default:"institute" desc:"name of this site: part of Redis keys, of the ledger and of every answer"`
	Type           site.Type `envconfig:"SITE_TYPE" default:"main" desc:"main (holds the authoritative database) or secondary (reads a replica, buffers critical writes)"`
	BufferCritical bool      `envconfig:"CRITICAL_OPERATIONS_BUFFER" default:"true" desc:"false: critical writes of a secondary site go directly to the main database and fail when the link is down; said loudly by /health"`
}

// Site returns the site as the packages know it.
func (s Site) Site() site.Site {
	return site.Site{Name: s.Name, Type: s.Type, BufferCritical: s.BufferCritical}
}

// Database is the address of a PostgreSQL database.
type Database struct {
	Type     string `default:"postgresql" desc:"only postgresql is known"`
	Host     string `default:"localhost" desc:"host name, address, or directory of a Unix socket"`
	Port     int    `default:"5432" desc:"port"`
	User     string `default:"ccat_ops_user" desc:"user"`
	Password Secret `desc:"password; without one PostgreSQL's own ways apply (peer, ~/.pgpass)"`
	Name     string `default:"ccat_ops_db" desc:"name of the database"`
}

// Redis is the address of the site's Redis.
type Redis struct {
	Host     string `default:"localhost" desc:"host name or address; it must run with appendfsync always and noeviction"`
	Port     int    `default:"6379" desc:"port"`
	DB       int    `default:"0" desc:"number of the database"`
	Password Secret `desc:"password; empty: none"`
}

// Address returns host and port as a dialer takes them.
func (r Redis) Address() string { return net.JoinHostPort(r.Host, strconv.Itoa(r.Port)) }

// Buffer says how writes are kept and executed.
type Buffer struct {
	Size               int     `envconfig:"TRANSACTION_BUFFER_SIZE" default:"1000" desc:"waiting transactions at which /health says degraded; never a reason to refuse a write"`
	RetryAttempts      int     `envconfig:"TRANSACTION_RETRY_ATTEMPTS" default:"3" desc:"attempts of a transaction that the main database refuses before it is parked; outages never count"`
	RetryDelay         Seconds `envconfig:"TRANSACTION_RETRY_DELAY" default:"5" desc:"pause between such attempts"`
	ProcessingInterval Seconds `envconfig:"BACKGROUND_PROCESSING_INTERVAL" default:"1.0" desc:"how often the executor looks for work when nothing has woken it"`
	MainWriteTimeout   Seconds `envconfig:"MAIN_WRITE_TIMEOUT" default:"10s" desc:"deadline of a write that goes directly to the main database; when nothing is heard of that for 2.5 s it is given up before"`
	ReferenceFreshness Seconds `envconfig:"REFERENCE_FRESHNESS" default:"10s" desc:"age of the replica up to which a reference to something unknown is refused instead of accepted unverified"`
	JournalKeep        Seconds `envconfig:"JOURNAL_KEEP" default:"168h" desc:"how long replicated transactions are kept to be written again when the main database loses its tail"`
	JournalMaxBytes    Bytes   `envconfig:"JOURNAL_MAX_BYTES" default:"128MiB" desc:"bound of that journal"`
	LedgerKeep         Seconds `envconfig:"LEDGER_KEEP" default:"9600h" desc:"how long the main database remembers executed transactions; older ones that arrive are parked"`
}

// LSN says how the replica is watched.
type LSN struct {
	TrackingEnabled bool    `envconfig:"LSN_TRACKING_ENABLED" default:"true" desc:"false: replication is still proved by the site's progress row, only the early hint stops"`
	CheckInterval   Seconds `envconfig:"LSN_CHECK_INTERVAL" default:"0.1" desc:"how often the replica is asked how far it is"`
	Timeout         Seconds `envconfig:"LSN_TIMEOUT" default:"30" desc:"time after which an unreplicated transaction makes the site say lagging; nothing expires"`
}

// Server says how the API is reached.
type Server struct {
	ListenAddress string     `envconfig:"LISTEN_ADDRESS" default:":8000" desc:"address the API listens on; port 0 takes a free one"`
	PublicURL     string     `envconfig:"PUBLIC_URL" default:"http://localhost:8000" desc:"address by which clients reach the API"`
	LogLevel      slog.Level `envconfig:"LOG_LEVEL" default:"info" desc:"debug, info, warn or error"`
	ShutdownPause Seconds    `envconfig:"SHUTDOWN_PAUSE" default:"0" desc:"how long /health/ready says no before the server takes no more requests; more than the interval of a load balancer that looks there"`
	Streams       int        `envconfig:"STREAMS" default:"2000" desc:"how many WebSockets and streams of events this process serves at once; half of them for one user or token"`
	ProfileSocket string     `envconfig:"PROFILE_SOCKET" desc:"Unix socket on which the CPU and memory profiles of the process are served; empty: none"`
}

// Access says who is let in.
type Access struct {
	SecretKey         Secret   `envconfig:"SECRET_KEY" desc:"at least 32 random bytes, the same at all sites: it keys the hashes of tokens and signs sessions; no default, without it nothing starts"`
	SecretKeyPrevious Secret   `envconfig:"SECRET_KEY_PREVIOUS" desc:"the other key that is accepted while it is being changed: first the one to come, then the one before"`
	SessionLifetime   Seconds  `envconfig:"SESSION_LIFETIME" default:"168h" desc:"a session ends when it was not renewed for so long"`
	TokenLifetime     Seconds  `envconfig:"TOKEN_LIFETIME" default:"2160h" desc:"an API token is good for so long when its maker does not say"`
	TokenLifetimeMax  Seconds  `envconfig:"TOKEN_LIFETIME_MAX" default:"9600h" desc:"and for so long at most; only opsdb token create makes others"`
	TokensPerUser     int      `envconfig:"TOKENS_PER_USER" default:"100" desc:"how many API tokens of one user may be good at a time"`
	GitHubClientID    string   `envconfig:"GITHUB_CLIENT_ID" desc:"of the OAuth app by which people sign in; empty: nobody can"`
	GitHubSecret      Secret   `envconfig:"GITHUB_CLIENT_SECRET" desc:"of the OAuth app"`
	GitHubOrg         string   `envconfig:"GITHUB_ORG_NAME" desc:"organisation to which everybody who signs in must belong"`
	GitHubTeams       RoleMap  `envconfig:"GITHUB_TEAM_ROLE_MAPPING" default:"{}" desc:"JSON: the role that members of a team have, such as {\"org/observers\": \"observer\"}"`
	GitHubDefaultRole string   `envconfig:"GITHUB_DEFAULT_ROLE" default:"viewer" desc:"role of members of the organisation whom no team gives one; empty: they are not let in"`
	GitHubURL         string   `envconfig:"GITHUB_URL" default:"https://github.com" desc:"where people sign in"`
	GitHubAPIURL      string   `envconfig:"GITHUB_API_URL" default:"https://api.github.com" desc:"where their teams are asked for"`
	FrontendURL       string   `envconfig:"FRONTEND_URL" desc:"where the browser goes after the sign-in; empty: to /docs of this server"`
	TokenInURL        bool     `envconfig:"SIGN_IN_TOKEN_IN_URL" default:"false" desc:"true: the access token also comes as ?token= to FRONTEND_URL, for old pages; it ends in logs and histories"`
	StreamTokenInURL  bool     `envconfig:"WEBSOCKET_TOKEN_IN_URL" default:"false" desc:"true: WebSockets take a token as ?token=, for old pages; it ends in logs and histories"`
	CORSOrigins       []string `envconfig:"CORS_ORIGINS" desc:"origins whose pages may use the API with a session, such as https://ops.example.org, separated by commas"`
	TrustedProxies    []string `envconfig:"TRUSTED_PROXIES" desc:"networks of the proxies whose X-Forwarded-For is believed, such as 10.0.0.0/8, separated by commas"`
	RateLimit         float64  `envconfig:"RATE_LIMIT" default:"100" desc:"requests a second that one user or token may make for long, four times as many at once; critical writes are never limited; 0: no limit"`
	BreakGlass        bool     `envconfig:"BREAK_GLASS" default:"false" desc:"true: operators made by opsdb user break-glass can sign in at this site"`
	DemoTokens        bool     `envconfig:"DEMO_TOKENS" default:"false" desc:"true: everybody gets a token who asks for one; never where the data matters"`
}

// Names says who is asked where an object is that nobody here knows.
type Names struct {
	SesameURL string `envconfig:"SESAME_URL" default:"https://cds.unistra.fr/cgi-bin/nph-sesame" desc:"Sesame of the CDS, which is asked first for the places of objects by their names; empty: not asked"`
	NEDURL    string `envconfig:"NED_URL" default:"https://ned.ipac.caltech.edu/srs/ObjectLookup" desc:"ObjectLookup of NED, which is asked second; empty: not asked"`
}

// Transfer says how the transfers of data are watched.
type Transfer struct {
	Stalled Seconds `envconfig:"TRANSFER_STALLED" default:"60s" desc:"a transfer between sites that has moved nothing for so long is shown as stalled"`
}

// Config is everything that can be set.
type Config struct {
	Site     Site
	Main     Database // the authoritative database; the write target
	Local    Database // what this site reads: its replica, at the main site the same database
	Redis    Redis
	Buffer   Buffer
	LSN      LSN
	Server   Server
	Access   Access
	Transfer Transfer
	Names    Names

	// Unknown are names in the environment or in .env that look like ours but are not: misspelt ones, most likely.
	Unknown []Unknown
}

// section is a part of Config with the prefix of its names and, where the prefix tells them apart, what they are about.
type section struct {
	prefix string
	spec   any
	about  string
}

func (c *Config) sections() []section {
	return []section{
		{"", &c.Site, ""},
		{"MAIN_DB", &c.Main, "authoritative database: "},
		{"LOCAL_DB", &c.Local, "database this site reads: "},
		{"REDIS", &c.Redis, "the site's Redis: "},
		{"", &c.Buffer, ""},
		{"", &c.LSN, ""},
		{"", &c.Server, ""},
		{"", &c.Access, ""},
		{"", &c.Transfer, ""},
		{"", &c.Names, ""},
	}
}

// ErrInvalid is in the chain of every error that settings cause.
var ErrInvalid = errors.New("the settings cannot be used")

// invalid says that err, if any, comes from the settings.
func invalid(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%w:\n%w", ErrInvalid, err)
}

// Load reads the settings from environ (in the form of os.Environ), completed by the file .env in the working directory
// and by defaults. Its error names every value that cannot be read. What the values mean is checked by Validate.
func Load(environ []string) (Config, error) {
	settings, err := readDotenv(".env")
	if err != nil {
		return Config{}, invalid(err)
	}
	for _, entry := range environ {
		if name, value, ok := strings.Cut(entry, "="); ok {
			settings[name] = value
		}
	}
	var c Config
	c.Unknown = unknownNames(settings)
	err = withEnvironment(settings, func() error {
		var failures []error
		for _, s := range c.sections() {
			failures = append(failures, readable(envconfig.Process(s.prefix, s.spec)))
		}
		return errors.Join(failures...)
	})
	return c, invalid(err)
}

// readable makes the error of an operator out of envconfig's, which speaks of Go types.
func readable(err error) error {
	parse, ok := errors.AsType[*envconfig.ParseError](err)
	if !ok {
		return err
	}
	cause := parse.Err
	if number, ok := errors.AsType[*strconv.NumError](cause); ok {
		cause = number.Err
	}
	return fmt.Errorf("%s=%q: %w", parse.KeyName, parse.Value, cause)
}

var environment sync.Mutex

// withEnvironment calls f while the process's environment has these settings for the known names and none else, and puts
// it back: envconfig can read from nowhere else.
func withEnvironment(settings map[string]string, f func() error) (err error) {
	environment.Lock()
	defer environment.Unlock()
	for _, variable := range Variables() {
		name := variable.Name
		before, was := os.LookupEnv(name)
		value, is := settings[name]
		defer func() { err = errors.Join(err, setenv(name, before, was)) }()
		if err := setenv(name, value, is); err != nil {
			return err
		}
	}
	return f()
}

func setenv(name, value string, present bool) error {
	if present {
		return os.Setenv(name, value)
	}
	return os.Unsetenv(name)
}

// Variable describes one setting.
type Variable struct {
	Name    string
	Default string
	Meaning string
}

// Variables returns all settings in the order of the documentation.
func Variables() []Variable {
	var c Config
	var variables []Variable
	for _, s := range c.sections() {
		var text strings.Builder
		const row = "{{range .}}{{usage_key .}}\t{{usage_default .}}\t{{usage_description .}}\n{{end}}"
		if err := envconfig.Usagef(s.prefix, s.spec, &text, row); err != nil {
			panic(fmt.Sprintf("config: a section is no struct: %v", err))
		}
		for line := range strings.Lines(text.String()) {
			column := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
			variables = append(variables, Variable{Name: column[0], Default: column[1], Meaning: s.about + column[2]})
		}
	}
	return variables
}

func parsePublicURL(text string) error {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return errors.New("must be an http or https address")
	}
	return nil
}
