package lab

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/ccatobs/opsdb/internal/lab/fakegithub"
	"github.com/ccatobs/opsdb/internal/lab/fakeresolver"
	"github.com/ccatobs/opsdb/internal/servers"
	"github.com/ccatobs/opsdb/internal/site"
)

// Lab is a running system of several sites. It is safe for concurrent use.
type Lab struct {
	options Options
	log     *slog.Logger
	secret  string // keys the hashes of the tokens at all sites
	// The database roles have one password: a standby has those of the main database.
	password string

	dir         *servers.Dir
	ports       ports
	main        *installation
	secondaries []*installation
	control     *control
	github      *fakegithub.Server
	pipeline    *pipeline // nil: nobody moves data
	names       *fakeresolver.Server
	// gitHubSecret makes the APIs one app of GitHub.
	gitHubSecret string

	closing sync.Once
	closed  error
}

// installation is what stands at one site.
type installation struct {
	name     string
	database *database
	redis    *store
	apis     []*api
	link     *Link  // nil at the main site
	token    string // an administrator's
}

func (s *installation) kind() string {
	if s.link == nil {
		return string(site.Main)
	}
	return string(site.Secondary)
}

func (s *installation) members() []*member {
	all := []*member{s.database.member, s.redis.member}
	for _, a := range s.apis {
		all = append(all, a.member)
	}
	return all
}

// grace is how long a server may take to end in good order.
const grace = 10 * time.Second

// Start starts a lab and returns when every server of it is ready and every standby has what the main database has.
// Close ends it; the end of ctx does not.
func Start(ctx context.Context, options Options) (*Lab, error) {
	options, err := options.complete()
	if err != nil {
		return nil, err
	}
	l := &Lab{
		options: options, log: options.Log, secret: rand.Text() + rand.Text(), password: rand.Text(), gitHubSecret: rand.Text(),
		ports: ports{next: options.PortBase},
	}
	err = l.build()
	if err == nil {
		err = l.run(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// Close ends everything and removes all files. Its error names servers that did not end in good order, and those that
// had ended by themselves before: an API with a data race is one of them.
func (l *Lab) Close() error {
	l.closing.Do(func() { l.closed = l.end() })
	return l.closed
}

func (l *Lab) end() error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*grace)
	defer cancel()
	var failures []error
	if l.pipeline != nil {
		l.pipeline.close()
	}
	if l.control != nil {
		failures = append(failures, l.control.close())
	}
	// With the links down no server waits for one at another site.
	for _, s := range l.secondaries {
		if s.link != nil {
			failures = append(failures, s.link.Close())
		}
	}
	var apis, rest []*member
	for _, s := range l.sites() {
		members := s.members()
		rest, apis = append(rest, members[:2]...), append(apis, members[2:]...)
	}
	failures = append(failures, downAll(ctx, apis), downAll(ctx, rest))
	for _, m := range append(apis, rest...) {
		failures = append(failures, m.failed())
	}
	if l.github != nil {
		failures = append(failures, l.github.Close())
	}
	if l.names != nil {
		failures = append(failures, l.names.Close())
	}
	failures = append(failures, l.ports.release())
	if l.dir != nil {
		failures = append(failures, l.dir.Remove())
	}
	return errors.Join(failures...)
}

func downAll(ctx context.Context, members []*member) error {
	ctx, cancel := context.WithTimeout(ctx, grace)
	defer cancel()
	var group errgroup.Group
	for _, m := range members {
		group.Go(func() error { return m.down(ctx) })
	}
	return group.Wait()
}

// build takes the directory and the ports and makes the sites of them; no server runs yet.
func (l *Lab) build() error {
	dir, err := servers.NewDir()
	if err != nil {
		return err
	}
	l.dir = dir
	controlPort, err := l.ports.take()
	if err != nil {
		return err
	}
	if l.main, err = l.buildSite(MainSite, false); err != nil {
		return err
	}
	for _, name := range l.options.Secondaries {
		s, err := l.buildSite(name, true)
		if err != nil {
			return err
		}
		l.secondaries = append(l.secondaries, s)
	}
	if err := l.startGitHub(); err != nil {
		return err
	}
	if err := l.startNames(); err != nil {
		return err
	}
	l.control, err = openControl(l, controlPort)
	return err
}

func (l *Lab) buildSite(name string, secondary bool) (*installation, error) {
	count := 2 + l.options.APIs
	if secondary {
		count += 2
	}
	numbers := make([]int, count)
	for i := range numbers {
		port, err := l.ports.take()
		if err != nil {
			return nil, err
		}
		numbers[i] = port
	}
	s := &installation{name: name, database: l.buildDatabase(name, numbers[0]), redis: l.buildStore(name, numbers[1])}
	numbers = numbers[2:]
	if secondary {
		link, err := openLink(name, loopback(l.main.database.port), numbers[0], numbers[1], l.log)
		if err != nil {
			return nil, err
		}
		s.link = link
		s.database.link = numbers[1]
		numbers = numbers[2:]
	}
	for i, port := range numbers {
		s.apis = append(s.apis, l.buildAPI(s, i+1, port))
	}
	return s, nil
}

func (l *Lab) buildDatabase(site string, port int) *database {
	d := &database{
		site: site, dir: l.path(site, "postgres"), port: port, password: l.password, fsync: !l.options.NoFsync,
	}
	d.member = l.member(site, "postgres", "postgresql.log")
	d.start = d.run
	return d
}

func (l *Lab) buildStore(site string, port int) *store {
	s := &store{dir: l.path(site, "redis"), port: port, memory: l.options.RedisMemory}
	s.member = l.member(site, "redis", "redis.log")
	s.start = s.run
	return s
}

func (l *Lab) buildAPI(s *installation, number, port int) *api {
	name := "api-" + strconv.Itoa(number)
	a := &api{
		dir: l.path(s.name, name), port: port, command: l.options.Command,
		environment: func() []string { return l.environment(s, port) },
	}
	a.member = l.member(s.name, name, "api.log")
	a.start, a.ready = a.run, a.answers
	return a
}

func (l *Lab) member(site, name, logFile string) *member {
	return &member{
		name: site + "/" + name, logFile: filepath.Join(l.path(site, name), logFile), restart: l.options.RestartAfter, log: l.log,
	}
}

func (l *Lab) path(site, server string) string { return filepath.Join(l.dir.Path, site, server) }

// sites returns the main site and the secondary ones.
func (l *Lab) sites() []*installation {
	if l.main == nil {
		return nil
	}
	return append([]*installation{l.main}, l.secondaries...)
}
