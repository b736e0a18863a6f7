package chaos_test

import (
	"context"
	"fmt"
	"hash/fnv"
	"maps"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"github.com/ccatobs/opsdb/internal/lab"
)

// crew is a number of clients that record observations at one site at the same time.
type crew struct {
	r       *rig
	name    string // part of what its clients write, so that it is theirs alone
	site    *station
	clients []*client
	tried   atomic.Int64 // requests, answered or not
	acked   atomic.Int64

	mu       sync.Mutex
	findings []violation
}

// client is a script at the telescope. It is used by one goroutine.
type client struct {
	*crew
	number int
	serial int
	random *rand.Rand
	known  map[string]fields // the records of the observation under way
}

// crew returns clients of that name. What they write depends on the seed and on the name of the test.
func (r *rig) crew(name string, clients int, seed uint64) *crew {
	c := &crew{r: r, name: name, site: r.at(observatory)}
	test := fnv.New64()
	fmt.Fprint(test, r.t.Name())
	for i := range clients {
		c.clients = append(c.clients, &client{
			crew: c, number: i, random: rand.New(rand.NewPCG(seed, test.Sum64()+uint64(i))), known: make(map[string]fields),
		})
	}
	return c
}

// observe lets every client record so many observations. It returns when all are acknowledged.
func (c *crew) observe(ctx context.Context, each int) error {
	group, ctx := errgroup.WithContext(ctx)
	for _, one := range c.clients {
		group.Go(func() error {
			for range each {
				if err := one.observation(ctx); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return group.Wait()
}

// find notes what a client saw that must not be.
func (c *crew) find(rule, format string, args ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.findings = append(c.findings, violation{rule, fmt.Sprintf(format, args...)})
}

func (c *crew) found() []violation {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]violation(nil), c.findings...)
}

// awaitTried waits until the clients have sent so many more requests, or done tells that they will send no more.
func (c *crew) awaitTried(ctx context.Context, more int64, done <-chan struct{}) error {
	enough := c.tried.Load() + more
	return lab.Until(ctx, fmt.Sprintf("%d requests", enough), func(context.Context) error {
		select {
		case <-done:
			return nil
		default:
		}
		if n := c.tried.Load(); n < enough {
			return fmt.Errorf("%d so far", n)
		}
		return nil
	})
}

// observation records one observation from its start to its finish, with files and a package.
func (c *client) observation(ctx context.Context) error {
	c.known = make(map[string]fields)
	execution, err := c.start(ctx)
	if err != nil || execution == "" {
		return err
	}
	var loose []string
	for range 1 + c.random.IntN(3) {
		id, err := c.file(ctx, execution, nil)
		if err != nil {
			return err
		}
		loose = append(loose, id)
	}
	if err := c.bulk(ctx, execution); err != nil {
		return err
	}
	pack, err := c.pack(ctx, execution, loose[1:])
	if err != nil {
		return err
	}
	if _, err := c.file(ctx, execution, &pack); err != nil {
		return err
	}
	if err := c.finalize(ctx, pack); err != nil {
		return err
	}
	if c.random.IntN(2) == 0 {
		if err := c.withdraw(ctx, loose[0]); err != nil {
			return err
		}
	}
	return c.finish(ctx, execution)
}

// night is when the observations of the tests begin.
var night = time.Date(2026, 7, 15, 23, 0, 0, 0, time.UTC)

// start returns the id of the execution; empty when nobody will learn whether it was recorded.
func (c *client) start(ctx context.Context) (string, error) {
	c.serial++
	mark := fmt.Sprintf("%s, client %d, observation %d", c.name, c.number, c.serial)
	body := fields{
		"obs_unit_id": pick(c.random, c.r.plan.units), "start_time": c.time(), "observer": "night-shift",
		"comment": mark, "conditions": fields{"pwv_mm": 0.41, "elevation_deg": c.random.IntN(90)},
	}
	q := post("/executed_obs_units/start", body)
	created := func(a fields) []change {
		return []change{{Table: executions, ID: text(a, "id"), Set: with(body, fields{"status": "running", "site": observatory})}}
	}
	if c.random.IntN(4) == 0 {
		return c.once(ctx, q, mark, created)
	}
	return c.create(ctx, q, body, created)
}

func (c *client) time() string {
	at := night.Add(time.Duration(c.serial)*time.Minute + time.Duration(c.random.IntN(1e9))*time.Nanosecond)
	return at.Truncate(time.Microsecond).Format(time.RFC3339Nano)
}

// newFile is the body of a registration.
func (c *client) newFile(execution string) fields {
	drone := 1 + c.random.IntN(16)
	name := fmt.Sprintf("r%02dd1_%d_%03d_%08x.g3", drone, night.Unix(), c.serial, c.random.Uint32())
	return fields{
		"executed_obs_unit_id": execution, "instrument_module_id": pick(c.random, c.r.plan.modules), "name": name,
		"relative_path": fmt.Sprintf("17841/%s/%d/rfsoc00drone%d/%s", c.name, c.number, drone, name), "file_type": "g3",
		"size_bytes": 1 + c.random.Int64N(200<<20), "checksum": c.digits(32), "checksum_algorithm": "md5",
	}
}

func (c *client) digits(n int) string {
	text := ""
	for len(text) < n {
		text += fmt.Sprintf("%016x", c.random.Uint64())
	}
	return text[:n]
}

func (c *client) file(ctx context.Context, execution string, pack *string) (string, error) {
	body := c.newFile(execution)
	if pack != nil {
		body["raw_data_package_id"] = *pack
	}
	return c.create(ctx, post("/raw_data_files/", body), body, func(a fields) []change {
		return []change{{Table: files, ID: text(a, "id"), Set: body}}
	})
}

// bulk registers many files at once; the first of each client's nights is too large for one packet of a link.
func (c *client) bulk(ctx context.Context, execution string) error {
	n := 1 + c.random.IntN(20)
	if c.serial%4 == 1 {
		n = 150 + c.random.IntN(150)
	}
	list := make([]fields, n)
	for i := range list {
		list[i] = c.newFile(execution)
	}
	q := post("/raw_data_files/bulk", list)
	if c.random.IntN(2) == 0 {
		for _, body := range list {
			body["id"] = c.newID()
		}
	} else {
		q = q.keyed(c.newID())
	}
	_, err := c.write(ctx, q, func(a fields) []change {
		ids, ok := a["ids"].([]any)
		if !ok || len(ids) != n {
			c.find("content", "a bulk of %d got the ids %v", n, a["ids"])
			return nil
		}
		changes := make([]change, n)
		for i, body := range list {
			changes[i] = change{Table: files, ID: fmt.Sprint(ids[i]), Set: body}
		}
		return changes
	})
	return err
}

func (c *client) pack(ctx context.Context, execution string, members []string) (string, error) {
	name := fmt.Sprintf("primecam_f280_%d_%s.tar", night.Unix(), c.digits(8))
	body := fields{
		"executed_obs_unit_id": execution, "instrument_module_id": pick(c.random, c.r.plan.modules), "name": name,
		"relative_path": "17841/" + c.name + "/" + name,
	}
	made := with(body, fields{"status": "building"})
	if len(members) > 0 {
		body["raw_data_file_ids"] = members
	}
	return c.create(ctx, post("/raw_data_package/", body), body, func(a fields) []change {
		changes := []change{{Table: packages, ID: text(a, "id"), Set: made}}
		for _, file := range members {
			changes = append(changes, change{Table: files, ID: file, Set: fields{"raw_data_package_id": text(a, "id")}})
		}
		return changes
	})
}

func (c *client) finalize(ctx context.Context, pack string) error {
	body := fields{"size_bytes": c.random.Int64N(1 << 40), "checksum": c.digits(64), "checksum_algorithm": "sha256"}
	_, err := c.write(ctx, c.perhapsKeyed(put("/raw_data_package/"+pack+"/finalize", body)), func(fields) []change {
		return []change{{Table: packages, ID: pack, Set: with(body, fields{"status": "complete"})}}
	})
	return err
}

func (c *client) withdraw(ctx context.Context, file string) error {
	q := request{method: http.MethodDelete, path: "/raw_data_files/" + file}.keyed(c.newID())
	_, err := c.write(ctx, q, func(fields) []change { return []change{{Table: files, ID: file, Delete: true}} })
	return err
}

func (c *client) finish(ctx context.Context, execution string) error {
	body := fields{
		"status":   pick(c.random, []string{"completed", "aborted", "failed"}),
		"end_time": night.Add(time.Duration(c.serial)*time.Minute + 9*time.Minute).Format(time.RFC3339Nano),
	}
	if c.random.IntN(2) == 0 {
		body["comment"] = text(c.known[execution], "comment") + ", clear sky"
	}
	_, err := c.write(ctx, c.perhapsKeyed(put("/executed_obs_units/"+execution+"/finish", body)), func(fields) []change {
		return []change{{Table: executions, ID: execution, Set: body}}
	})
	return err
}

// create sends a creation that can be repeated: with a key, or with an id of the client's own.
func (c *client) create(ctx context.Context, q request, body fields, changes func(fields) []change) (string, error) {
	if c.random.IntN(2) == 0 {
		body["id"] = c.newID()
	} else {
		q = q.keyed(c.newID())
	}
	a, err := c.write(ctx, q, changes)
	return text(a, "id"), err
}

// perhapsKeyed gives a change a key, or leaves it to its content to be recognised when it is repeated.
func (c *client) perhapsKeyed(q request) request {
	if c.random.IntN(2) == 0 {
		return q.keyed(c.newID())
	}
	return q
}

// newID makes ids that a seed repeats.
func (c *client) newID() string {
	id, err := uuid.NewRandomFromReader(randomBytes{c.random})
	if err != nil {
		panic(err) // the reader has no errors
	}
	return id.String()
}

type randomBytes struct{ *rand.Rand }

// Read implements io.Reader.
func (r randomBytes) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(r.Uint32())
	}
	return len(p), nil
}

func pick[T any](random *rand.Rand, list []T) T { return list[random.IntN(len(list))] }

func text(f fields, name string) string {
	s, ok := f[name].(string)
	if !ok {
		return ""
	}
	return s
}

// with returns both, of which the second wins.
func with(a, b fields) fields {
	both := make(fields, len(a)+len(b))
	for _, f := range []fields{a, b} {
		maps.Copy(both, f)
	}
	return both
}
