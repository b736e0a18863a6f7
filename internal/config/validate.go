package config

import (
	"errors"
	"fmt"
	"math"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"
)

// minimumSecret is the shortest SECRET_KEY in bytes: the strength of the hash that it keys.
const minimumSecret = 32

// Validate reports everything that is set to a value that cannot work, each with its name.
func (c Config) Validate() error {
	return invalid(errors.Join(
		c.Site.Site().Validate(),
		c.Main.validate("MAIN_DB"),
		c.Local.validate("LOCAL_DB"),
		c.Redis.validate(),
		c.Buffer.validate(),
		c.LSN.validate(),
		c.Server.validate(),
		c.Access.validate(),
		lasting("TRANSFER_STALLED", c.Transfer.Stalled, time.Second, 24*time.Hour),
		c.Names.validate(),
	))
}

// ValidateMain reports what is wrong with the address of the main database.
func (c Config) ValidateMain() error { return invalid(c.Main.validate("MAIN_DB")) }

func (d Database) validate(prefix string) error {
	var typeError error
	if d.Type != "postgresql" {
		typeError = fmt.Errorf("%s_TYPE=%q: only postgresql is supported", prefix, d.Type)
	}
	return errors.Join(
		typeError,
		notEmpty(prefix+"_HOST", d.Host),
		between(prefix+"_PORT", d.Port, 1, 65535),
		notEmpty(prefix+"_USER", d.User),
		notEmpty(prefix+"_NAME", d.Name),
	)
}

func (r Redis) validate() error {
	return errors.Join(
		notEmpty("REDIS_HOST", r.Host),
		between("REDIS_PORT", r.Port, 1, 65535),
		between("REDIS_DB", r.DB, 0, 1<<20),
	)
}

func (b Buffer) validate() error {
	return errors.Join(
		between("TRANSACTION_BUFFER_SIZE", b.Size, 1, 1<<40),
		between("TRANSACTION_RETRY_ATTEMPTS", b.RetryAttempts, 1, 1000),
		lasting("TRANSACTION_RETRY_DELAY", b.RetryDelay, 0, 24*time.Hour),
		lasting("BACKGROUND_PROCESSING_INTERVAL", b.ProcessingInterval, 10*time.Millisecond, time.Hour),
		lasting("MAIN_WRITE_TIMEOUT", b.MainWriteTimeout, 100*time.Millisecond, 10*time.Minute),
		lasting("REFERENCE_FRESHNESS", b.ReferenceFreshness, time.Second, 24*time.Hour),
		lasting("JOURNAL_KEEP", b.JournalKeep, time.Minute, 10*365*24*time.Hour),
		between("JOURNAL_MAX_BYTES", b.JournalMaxBytes, 1<<20, 1<<50),
		lasting("LEDGER_KEEP", b.LedgerKeep, 24*time.Hour, 100*365*24*time.Hour),
	)
}

func (n Names) validate() error {
	var wrong []error
	for name, address := range map[string]string{"SESAME_URL": n.SesameURL, "NED_URL": n.NEDURL} {
		if address != "" {
			wrong = append(wrong, named(name, address, parsePublicURL(address)))
		}
	}
	return errors.Join(wrong...)
}

func (l LSN) validate() error {
	return errors.Join(
		lasting("LSN_CHECK_INTERVAL", l.CheckInterval, 5*time.Millisecond, time.Hour),
		lasting("LSN_TIMEOUT", l.Timeout, time.Second, 24*time.Hour),
	)
}

func (s Server) validate() error {
	var listen error
	if _, _, err := net.SplitHostPort(s.ListenAddress); err != nil {
		listen = fmt.Errorf("LISTEN_ADDRESS=%q: must be host:port or :port", s.ListenAddress)
	}
	public := named("PUBLIC_URL", s.PublicURL, parsePublicURL(s.PublicURL))
	return errors.Join(listen, public, lasting("SHUTDOWN_PAUSE", s.ShutdownPause, 0, 5*time.Minute), between("STREAMS", s.Streams, 1, 100_000))
}

func (a Access) validate() error {
	var previous error
	if a.SecretKeyPrevious != "" {
		previous = validateSecretKey("SECRET_KEY_PREVIOUS", a.SecretKeyPrevious.Reveal())
	}
	return errors.Join(
		validateSecretKey("SECRET_KEY", a.SecretKey.Reveal()), previous,
		lasting("SESSION_LIFETIME", a.SessionLifetime, time.Minute, 90*24*time.Hour),
		lasting("TOKEN_LIFETIME", a.TokenLifetime, time.Minute, a.TokenLifetimeMax.Duration()),
		lasting("TOKEN_LIFETIME_MAX", a.TokenLifetimeMax, time.Hour, 10*365*24*time.Hour),
		between("TOKENS_PER_USER", a.TokensPerUser, 1, 1_000_000),
		a.validateGitHub(), a.validateWeb(),
	)
}

func (a Access) validateGitHub() error {
	if a.GitHubClientID == "" {
		return nil
	}
	var defaultRole error
	if !slices.Contains(append(roles, ""), a.GitHubDefaultRole) || a.GitHubDefaultRole == "admin" {
		defaultRole = fmt.Errorf("GITHUB_DEFAULT_ROLE=%q: must be observer, viewer, service or empty", a.GitHubDefaultRole)
	}
	return errors.Join(
		notEmpty("GITHUB_CLIENT_SECRET", a.GitHubSecret.Reveal()),
		notEmpty("GITHUB_ORG_NAME", a.GitHubOrg),
		defaultRole,
		named("GITHUB_URL", a.GitHubURL, parsePublicURL(a.GitHubURL)),
		named("GITHUB_API_URL", a.GitHubAPIURL, parsePublicURL(a.GitHubAPIURL)),
	)
}

func (a Access) validateWeb() error {
	var wrong []error
	if a.FrontendURL != "" {
		wrong = append(wrong, named("FRONTEND_URL", a.FrontendURL, parsePublicURL(a.FrontendURL)))
	}
	for _, origin := range a.CORSOrigins {
		if !isOrigin(origin) {
			wrong = append(wrong, fmt.Errorf("CORS_ORIGINS: %q is not an origin such as https://ops.example.org; there is no origin for everybody", origin))
		}
	}
	for _, network := range a.TrustedProxies {
		_, all, err := net.ParseCIDR(network)
		switch {
		case err != nil:
			wrong = append(wrong, fmt.Errorf("TRUSTED_PROXIES: %q is not a network such as 10.0.0.0/8", network))
		case isEverything(all):
			wrong = append(wrong, fmt.Errorf("TRUSTED_PROXIES: %q is everybody, who could then say that he is anybody", network))
		}
	}
	if a.RateLimit < 0 || a.RateLimit > 1e6 || math.IsNaN(a.RateLimit) {
		wrong = append(wrong, fmt.Errorf("RATE_LIMIT=%v: must be between 0 and 1000000", a.RateLimit))
	}
	return errors.Join(wrong...)
}

// isEverything tells whether a network has all addresses.
func isEverything(network *net.IPNet) bool {
	ones, _ := network.Mask.Size()
	return ones == 0
}

// isOrigin tells whether text is an origin as browsers write it: in lower case, without a port that goes without saying.
func isOrigin(text string) bool {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || strings.Contains(text, "*") {
		return false
	}
	usual := u.Scheme == "https" && u.Port() == "443" || u.Scheme == "http" && u.Port() == "80"
	return text == strings.ToLower(u.Scheme+"://"+u.Host) && !usual
}

// named says which setting an error is about.
func named(name, value string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s=%q: %w", name, value, err)
}

// knownSecrets are parts of keys that stand in examples and in the code of this system's forerunner.
var knownSecrets = []string{"your-secret-key", "your_secret_key", "secret-key-here", "changeme", "change-me", "change_me", "example", "password", "0123456789abcdef"}

func validateSecretKey(name, key string) error {
	const remedy = `set it to the output of "openssl rand -base64 48", the same at all sites`
	switch lower := strings.ToLower(key); {
	case strings.TrimSpace(key) == "":
		return errors.New(name + " is not set: " + remedy)
	case contains(lower, knownSecrets):
		return errors.New(name + " is a well-known one: " + remedy)
	case len(key) < minimumSecret:
		return fmt.Errorf("%s has %d bytes, fewer than %d: %s", name, len(key), minimumSecret, remedy)
	case distinctBytes(key) < 10:
		return errors.New(name + " repeats itself: " + remedy)
	}
	return nil
}

func contains(text string, parts []string) bool {
	for _, part := range parts {
		if strings.Contains(text, part) {
			return true
		}
	}
	return false
}

func distinctBytes(text string) int {
	seen := map[byte]struct{}{}
	for i := range len(text) {
		seen[text[i]] = struct{}{}
	}
	return len(seen)
}

func notEmpty(name, value string) error {
	if strings.TrimSpace(value) == "" {
		return fmt.Errorf("%s is empty", name)
	}
	return nil
}

func between[T int | Bytes](name string, value, low, high T) error {
	if value < low || value > high {
		return fmt.Errorf("%s=%v: must be between %v and %v", name, value, low, high)
	}
	return nil
}

func lasting(name string, value Seconds, low, high time.Duration) error {
	if value.Duration() < low || value.Duration() > high {
		return fmt.Errorf("%s=%s: must be between %s and %s", name, value, low, high)
	}
	return nil
}
