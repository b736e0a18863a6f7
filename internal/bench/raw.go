package bench

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/ccatobs/opsdb/internal/lab"
	"github.com/ccatobs/opsdb/internal/rediskeys"
)

// raw measures what remains of each figure without the system.
type raw struct {
	idle    float64 // MB that the API takes with nothing pending
	payload int     // bytes that one write stores
	pushes  map[int]outcome
}

// scratch is the table of the raw inserts.
const scratch = `create table bench_scratch (id uuid primary key, content jsonb not null)`

func (s *station) newRaw(ctx context.Context) (raw, error) {
	if _, err := s.main.Exec(ctx, scratch); err != nil {
		return raw{}, err
	}
	idle, err := s.resident(theAPI)
	if err != nil {
		return raw{}, err
	}
	payload, err := s.payloadSize(ctx)
	return raw{idle: idle, payload: payload, pushes: make(map[int]outcome)}, err
}

// payloadSize makes a write and looks at what the site's Redis keeps of it.
func (s *station) payloadSize(ctx context.Context) (size int, err error) {
	err = lab.Until(ctx, "the payload of a write is seen", func(ctx context.Context) error {
		receipt, err := s.start(ctx)
		if err != nil {
			return lab.FinalError{Err: err}
		}
		key := rediskeys.Site(secondary).Transaction(receipt.TransactionID.String())
		if size, err = s.redisNumber(ctx, "HSTRLEN", key, "payload"); err != nil {
			return lab.FinalError{Err: err}
		}
		if size == 0 {
			return errors.New("it was replicated and forgotten before")
		}
		return nil
	})
	return size, err
}

// redisNumber sends one command whose answer is a number.
func (s *station) redisNumber(ctx context.Context, words ...string) (n int, err error) {
	l, err := s.redis(1, redisCommand(words...))
	if err != nil {
		return 0, err
	}
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", l.Address)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	if _, err := conn.Write(l.Request); err != nil {
		return 0, err
	}
	line, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(strings.Trim(line, ":\r\n"))
}

// push measures LPUSH by so many clients, once.
func (s *station) push(ctx context.Context, clients int) (outcome, error) {
	if known, ok := s.raw.pushes[clients]; ok {
		return known, nil
	}
	const key = "bench:scratch"
	l, err := s.redis(clients, redisCommand("LPUSH", key, strings.Repeat("x", s.raw.payload)))
	if err != nil {
		return outcome{}, err
	}
	seen, err := l.generate(ctx, s.options.Load)
	if err != nil {
		return outcome{}, err
	}
	s.raw.pushes[clients] = seen
	_, err = s.redisNumber(ctx, "UNLINK", key)
	return seen, err
}

// ping measures the request that asks for nothing.
func (s *station) ping(ctx context.Context) (outcome, error) {
	return s.http(1, httpRequest(http.MethodGet, livePath, "", nil)).generate(ctx, s.options.Load)
}

// inserts measures single inserts over the link, each a transaction and a round trip, and returns how many are done in a
// second.
func (s *station) inserts(ctx context.Context) (rate float64, err error) {
	conn, err := pgx.Connect(ctx, s.site.Main)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, conn.Close(ctx)) }()
	if err := s.insert(ctx, conn, uuid.New()); err != nil { // the statement is prepared
		return 0, err
	}
	begin, n := time.Now(), 0
	for ; time.Since(begin) < s.sizes.load/2; n++ {
		if err := s.insert(ctx, conn, uuid.New()); err != nil {
			return 0, err
		}
	}
	return float64(n) / time.Since(begin).Seconds(), nil
}

func (s *station) insert(ctx context.Context, conn *pgx.Conn, id uuid.UUID) error {
	_, err := conn.Exec(ctx, "insert into bench_scratch values ($1, $2)", id, s.body)
	return err
}

// replication measures the time from the commit of an insert on the main database until the replica shows it, in order.
func (s *station) replication(ctx context.Context) ([]time.Duration, error) {
	var delays []time.Duration
	for range s.sizes.samples {
		id := uuid.New()
		if err := s.insert(ctx, s.main, id); err != nil {
			return nil, err
		}
		began := time.Now()
		if err := s.replayed(ctx, "bench_scratch", id); err != nil {
			return nil, err
		}
		delays = append(delays, time.Since(began))
	}
	slices.Sort(delays)
	return delays, nil
}

// replayed returns when the replica shows a row.
func (s *station) replayed(ctx context.Context, table string, id uuid.UUID) error {
	query := fmt.Sprintf("select exists (select from %s where id = $1)", table)
	for there := false; !there; {
		if err := s.replica.QueryRow(ctx, query, id).Scan(&there); err != nil {
			return err
		}
	}
	return nil
}
