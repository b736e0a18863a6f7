package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/ccatobs/opsdb/gen/client"
	"github.com/ccatobs/opsdb/internal/lab"
)

const (
	secondary = "observatory"
	theAPI    = secondary + "/api-1"
	theRedis  = secondary + "/redis"
)

// station is the system under measurement: a lab, of which the API of the secondary site is asked.
type station struct {
	options Options
	sizes   sizes
	lab     *lab.Lab
	link    *lab.Link
	site    lab.Site // the secondary one
	main    *pgx.Conn
	replica *pgx.Conn
	body    []byte // of a write
	raw     raw
}

// open starts the lab.
func open(ctx context.Context, options Options) (*station, error) {
	// One token stands for all clients: what one client may ask is not what is measured.
	env := []string{"PROFILE_SOCKET=" + profileSocket, "RATE_LIMIT=0"}
	l, err := lab.Start(ctx, lab.Options{APIs: 1, Command: options.API, Env: env, Log: options.Log})
	if err != nil {
		return nil, err
	}
	s := &station{options: options, sizes: options.sizes(), lab: l, link: l.Link(secondary), site: l.Site(secondary)}
	if err := s.connect(ctx); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

func (s *station) connect(ctx context.Context) (err error) {
	if s.main, err = pgx.Connect(ctx, s.lab.Site(lab.MainSite).Database); err != nil {
		return err
	}
	if s.replica, err = pgx.Connect(ctx, s.site.Database); err != nil {
		return err
	}
	if s.body, err = s.example(ctx); err != nil {
		return err
	}
	s.raw, err = s.newRaw(ctx)
	return err
}

func (s *station) close() error {
	var failures []error
	for _, conn := range []*pgx.Conn{s.main, s.replica} {
		if conn != nil {
			failures = append(failures, conn.Close(context.Background()))
		}
	}
	return errors.Join(append(failures, s.lab.Close())...)
}

// example returns the body that the document gives as the example of the start of an observation.
func (s *station) example(ctx context.Context) ([]byte, error) {
	var document struct {
		Paths map[string]map[string]struct {
			RequestBody struct {
				Content map[string]struct{ Example json.RawMessage }
			}
		}
	}
	if err := s.call(ctx, http.MethodGet, "/openapi.json", nil, &document); err != nil {
		return nil, err
	}
	body := document.Paths[startPath]["post"].RequestBody.Content["application/json"].Example
	if len(body) == 0 {
		return nil, errors.New("the document has no example of the start of an observation")
	}
	var compact bytes.Buffer
	err := json.Compact(&compact, body)
	return compact.Bytes(), err
}

// The paths that are asked.
const (
	startPath = "/executed_obs_units/start"
	listPath  = "/executed_obs_units/"
	livePath  = "/health/live"
)

// call sends one request, as the administrator, and decodes its answer.
func (s *station) call(ctx context.Context, method, path string, body []byte, answer any) (err error) {
	request, err := http.NewRequestWithContext(ctx, method, s.site.URL+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+s.site.Token)
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, response.Body.Close()) }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode/100 != 2 {
		return fmt.Errorf("%s %s: %s: %s", method, path, response.Status, text)
	}
	return json.Unmarshal(text, answer)
}

// start records the start of an observation.
func (s *station) start(ctx context.Context) (receipt client.WriteReceipt, err error) {
	err = s.call(ctx, http.MethodPost, startPath, s.body, &receipt)
	return receipt, err
}

// patience bounds whatever is waited for.
const patience = 2 * time.Minute

// stats waits until the figures of the site's buffer are as wanted.
func (s *station) stats(ctx context.Context, what string, wanted func(client.BufferStats) bool) (now client.BufferStats, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err = lab.Until(ctx, what, func(ctx context.Context) error {
		if err := s.call(ctx, http.MethodGet, "/buffer-stats", nil, &now); err != nil {
			return lab.FinalError{Err: err}
		}
		if !wanted(now) {
			return fmt.Errorf("%d pending, %d unreplicated, the executor is %s", now.PendingTransactions, now.Unreplicated, now.Executor)
		}
		return nil
	})
	return now, err
}

// empty makes the link whole and waits until the replica has everything.
func (s *station) empty(ctx context.Context) error {
	if err := s.link.Reset(); err != nil {
		return err
	}
	_, err := s.stats(ctx, "everything is replicated", func(b client.BufferStats) bool {
		return b.PendingTransactions == 0 && b.Unreplicated == 0 && b.Executor == "idle"
	})
	return err
}

// cut cuts the link and waits until the site has noticed: that bytes vanish it notices late, a reset at once.
func (s *station) cut(ctx context.Context) error {
	if s.link.State().Cut != nil {
		return nil
	}
	mode := lab.Swallow
	if s.options.Brief {
		mode = lab.Refuse
	}
	if err := s.link.Cut(mode, lab.Both); err != nil {
		return err
	}
	_, err := s.stats(ctx, "the cut is noticed", func(b client.BufferStats) bool { return b.Executor == "backing off" })
	return err
}

// fill writes until so many transactions are pending; the link must be cut.
func (s *station) fill(ctx context.Context, pending int) error {
	now, err := s.stats(ctx, "the buffer answers", func(client.BufferStats) bool { return true })
	if err != nil || now.PendingTransactions >= pending {
		return err
	}
	posts := s.posts(clientCounts[len(clientCounts)-1])
	posts.Warmup, posts.Time, posts.Answers = 0, patience, pending-now.PendingTransactions
	_, err = posts.generate(ctx, s.options.Load)
	return err
}

// http returns clients that send one request to the API.
func (s *station) http(clients int, request []byte) load {
	return load{
		Protocol: overHTTP, Address: strings.TrimPrefix(s.site.URL, "http://"), Request: request, Clients: clients,
		Warmup: s.sizes.warmup, Time: s.sizes.load,
	}
}

// posts returns clients that record starts of observations; the server makes the ids.
func (s *station) posts(clients int) load {
	return s.http(clients, httpRequest(http.MethodPost, startPath, s.site.Token, s.body))
}

// redis returns clients that send one command to the site's Redis.
func (s *station) redis(clients int, command []byte) (load, error) {
	u, err := url.Parse(s.site.Redis)
	if err != nil {
		return load{}, err
	}
	return load{
		Protocol: overRedis, Address: u.Host, Request: command, Clients: clients, Warmup: s.sizes.warmup, Time: s.sizes.load / 2,
	}, nil
}

// resident returns the memory of one of the lab's servers in MB.
func (s *station) resident(server string) (float64, error) {
	pid, ok := s.lab.PIDs()[server]
	if !ok {
		return 0, fmt.Errorf("%s is down", server)
	}
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		var kilobytes float64
		if n, err := fmt.Sscanf(line, "VmRSS: %f kB", &kilobytes); n == 1 && err == nil {
			return kilobytes * 1024 / 1e6, nil
		}
	}
	return 0, fmt.Errorf("/proc/%d/status says nothing of VmRSS", pid)
}
