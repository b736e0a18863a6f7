package lab

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/ccatobs/opsdb/internal/servers"
)

// api is one API of a site.
type api struct {
	*member
	dir         string
	port        int
	command     []string
	environment func() []string
}

// process is a server of a single process that ends in good order on SIGTERM.
type process struct{ *servers.Process }

// Stop asks the process to end; when ctx ends first, it is killed.
func (p process) Stop(ctx context.Context) error { return p.End(ctx, syscall.SIGTERM) }

// Pause stops the process where it is.
func (p process) Pause() error { return p.Signal(syscall.SIGSTOP) }

// Continue ends a Pause.
func (p process) Continue() error { return p.Signal(syscall.SIGCONT) }

// run starts the API; it need not be ready when run returns.
func (a *api) run(ctx context.Context) (server, error) {
	if err := os.MkdirAll(a.dir, 0o755); err != nil {
		return nil, err
	}
	log, err := os.OpenFile(a.logFile, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(context.WithoutCancel(ctx), a.command[0], a.command[1:]...)
	cmd.Dir = a.dir // where no .env lies
	cmd.Env = a.environment()
	cmd.Stdout, cmd.Stderr = log, log
	started, err := servers.Start(cmd, syscall.SIGKILL)
	if err := errors.Join(err, log.Close()); err != nil {
		return nil, err
	}
	return process{started}, nil
}

// answers reports whether the API is ready to accept writes.
func (a *api) answers(ctx context.Context) (err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, a.url()+"/health/ready", nil)
	if err != nil {
		return err
	}
	request.Close = true
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, response.Body.Close()) }()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", request.URL, response.Status)
	}
	return nil
}

func (a *api) url() string { return "http://" + loopback(a.port).String() }

// inherited are the variables of the lab's own environment that an API sees. None of them is a setting of an API: those
// come from the lab alone.
var inherited = []string{"PATH", "HOME", "TMPDIR", "TZ", "LANG", "GORACE", "GOMAXPROCS", "GODEBUG", "GOTRACEBACK", "GOCOVERDIR"}

// environment returns the settings of one API of a site.
func (l *Lab) environment(s *installation, port int) []string {
	settings := map[string]string{
		"SITE_NAME": s.name, "SITE_TYPE": s.kind(), "SECRET_KEY": l.secret,
		"MAIN_DB_HOST": "127.0.0.1", "MAIN_DB_PORT": strconv.Itoa(l.mainPort(s)), "MAIN_DB_NAME": databaseName,
		"MAIN_DB_USER": databaseUser, "MAIN_DB_PASSWORD": l.password,
		"LOCAL_DB_HOST": "127.0.0.1", "LOCAL_DB_PORT": strconv.Itoa(s.database.port), "LOCAL_DB_NAME": databaseName,
		"LOCAL_DB_USER": databaseUser, "LOCAL_DB_PASSWORD": l.password,
		"REDIS_HOST": "127.0.0.1", "REDIS_PORT": strconv.Itoa(s.redis.port),
		"LISTEN_ADDRESS": loopback(port).String(), "PUBLIC_URL": "http://" + loopback(port).String(),
	}
	maps.Copy(settings, l.gitHubSettings())
	maps.Copy(settings, l.nameSettings())
	for _, entry := range os.Environ() {
		name, value, _ := strings.Cut(entry, "=")
		if slices.Contains(inherited, name) {
			settings[name] = value
		}
	}
	for _, entry := range l.options.Env {
		name, value, _ := strings.Cut(entry, "=")
		settings[name] = value
	}
	environment := make([]string, 0, len(settings))
	for name, value := range settings {
		environment = append(environment, name+"="+value)
	}
	slices.Sort(environment)
	return environment
}

// mainPort returns the port by which a site reaches the main database.
func (l *Lab) mainPort(s *installation) int {
	if s.link != nil {
		return s.link.api.port
	}
	return s.database.port
}
