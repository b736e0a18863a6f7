package bench

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os/exec"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// load is what the load generator does: clients that send the same request again and again, each on a connection of its
// own and one at a time, until the time is over or there were enough answers.
type load struct {
	Protocol protocol
	Address  string // host:port
	Request  []byte // as it is sent
	Clients  int
	Warmup   time.Duration // before it, nothing is recorded
	Time     time.Duration // after the warm-up
	Answers  int           // of all clients together, those of the warm-up included; 0: no bound
}

// outcome is what the load generator saw.
type outcome struct {
	Answers  int // recorded ones
	Elapsed  time.Duration
	P50, P99 time.Duration
}

// rate returns the answers in a second.
func (o outcome) rate() float64 { return float64(o.Answers) / o.Elapsed.Seconds() }

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// Load is the load generator: it reads what to do from in and writes what it saw to out, both as JSON. It fails when one
// request fails.
func Load(in io.Reader, out io.Writer) error {
	var l load
	if err := json.NewDecoder(in).Decode(&l); err != nil {
		return err
	}
	seen, err := l.run()
	if err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(seen)
}

// generate runs the load in a process of its own, started by command.
func (l load) generate(ctx context.Context, command []string) (outcome, error) {
	spec, err := json.Marshal(l)
	if err != nil {
		return outcome{}, err
	}
	var out, complaint bytes.Buffer
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(spec), &out, &complaint
	if err := cmd.Run(); err != nil {
		return outcome{}, fmt.Errorf("load of %s: %w: %s", l.Address, err, bytes.TrimSpace(complaint.Bytes()))
	}
	var seen outcome
	return seen, json.Unmarshal(out.Bytes(), &seen)
}

// run is the load in this process.
func (l load) run() (outcome, error) {
	conns := make([]net.Conn, 0, l.Clients)
	defer func() {
		for _, c := range conns {
			c.Close() //nolint:errcheck // all answers have been read
		}
	}()
	for range l.Clients {
		conn, err := net.DialTimeout("tcp", l.Address, 5*time.Second) //nolint:noctx // bounded, and the process ends with its parent
		if err != nil {
			return outcome{}, err
		}
		conns = append(conns, conn)
	}
	var (
		clients  sync.WaitGroup
		taken    atomic.Int64
		recorded = make([][]time.Duration, l.Clients)
		failures = make([]error, l.Clients)
		begin    = time.Now().Add(l.Warmup)
		end      = begin.Add(l.Time)
	)
	for i, conn := range conns {
		clients.Go(func() {
			recorded[i], failures[i] = l.client(conn, &taken, begin, end)
		})
	}
	clients.Wait()
	elapsed := time.Since(begin)
	if err := errors.Join(failures...); err != nil {
		return outcome{}, err
	}
	return summarise(slices.Concat(recorded...), elapsed), nil
}

// client returns how long each of its answers took.
func (l load) client(conn net.Conn, taken *atomic.Int64, begin, end time.Time) ([]time.Duration, error) {
	if err := conn.SetDeadline(end.Add(10 * time.Second)); err != nil {
		return nil, err
	}
	answers := bufio.NewReaderSize(conn, 64<<10)
	var recorded []time.Duration
	for {
		if n := taken.Add(1); l.Answers > 0 && n > int64(l.Answers) {
			return recorded, nil
		}
		asked := time.Now()
		if asked.After(end) {
			return recorded, nil
		}
		if _, err := conn.Write(l.Request); err != nil {
			return nil, err
		}
		if err := l.Protocol.read(answers); err != nil {
			return nil, err
		}
		if asked.After(begin) {
			recorded = append(recorded, time.Since(asked))
		}
	}
}

func summarise(took []time.Duration, elapsed time.Duration) outcome {
	slices.Sort(took)
	return outcome{Answers: len(took), Elapsed: elapsed, P50: percentile(took, 50), P99: percentile(took, 99)}
}

// percentile returns the smallest of the sorted values that p percent do not exceed; zero when there is none.
func percentile(sorted []time.Duration, p int) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[max(0, (len(sorted)*p+99)/100-1)]
}
