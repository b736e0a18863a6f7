package chaos_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/redis/rueidis"

	"github.com/ccatobs/opsdb/internal/lab"
	"github.com/ccatobs/opsdb/internal/rediskeys"
)

// inventory is what the observatory's Redis holds at one moment.
type inventory struct {
	Buffer       []string          `json:"buffer"`
	Committed    []string          `json:"committed"`
	Direct       []string          `json:"direct"`
	Parked       []string          `json:"parked"`
	Blocked      []string          `json:"blocked"`
	Retrying     []string          `json:"retrying"`
	Transactions map[string]string `json:"transactions"` // state by id
	Keys         []string          `json:"keys"`
}

// besideWrites are the keys by which a site knows who may do what, tells what changes, and keeps answers: writes leave
// none of them.
var besideWrites = regexp.MustCompile(`^(token|token_of|account|session|sessions|failures|live|cached|ticket|note):|^(access_swept|break_glass|live|live_lease|cache_[a-z]+)$`)

// takeInventory reads everything in one script: Redis does nothing else meanwhile.
var takeInventory = rueidis.NewLuaScriptReadOnly(`
local prefix = ARGV[1]
local function list(t) if #t == 0 then return {''} end return t end
local found = {buffer = list(redis.call('LRANGE', prefix .. 'transaction_buffer', 0, -1)), transactions = {[''] = ''}}
for _, set in ipairs({'committed', 'direct', 'parked', 'blocked', 'retrying'}) do
  found[set] = list(redis.call('ZRANGE', prefix .. set, 0, -1))
end
found.keys = list(redis.call('KEYS', prefix .. '*'))
for _, key in ipairs(redis.call('KEYS', prefix .. 'transaction:*')) do
  found.transactions[string.sub(key, #prefix + 13)] = redis.call('HGET', key, 'state') or ''
end
return cjson.encode(found)
`)

// inventory errors when Redis is away.
func (r *rig) inventory(ctx context.Context) (i inventory, err error) {
	err = r.redis(func(c rueidis.Client) error {
		text, err := takeInventory.Exec(ctx, c, nil, []string{rediskeys.Site(observatory).Prefix()}).ToString()
		if err != nil {
			return err
		}
		return json.Unmarshal([]byte(text), &i)
	})
	for _, list := range i.places() {
		*list = slices.DeleteFunc(*list, func(id string) bool { return id == "" })
	}
	i.Keys = slices.DeleteFunc(i.Keys, func(key string) bool { return key == "" })
	delete(i.Transactions, "")
	return i, err
}

// places are the lists of which each transaction is in exactly one.
func (i *inventory) places() map[string]*[]string {
	return map[string]*[]string{
		"buffer": &i.Buffer, "committed": &i.Committed, "direct": &i.Direct,
		"parked": &i.Parked, "blocked": &i.Blocked, "retrying": &i.Retrying,
	}
}

// pending is how many transactions are on their way.
func (i *inventory) pending() int {
	return len(i.Buffer) + len(i.Committed) + len(i.Direct) + len(i.Retrying)
}

// expected are the states that a transaction of a place can have.
var expected = map[string][]string{
	"buffer": {"buffered", "discarded"}, "committed": {"committed", "discarded"}, "direct": {"committed", "discarded"},
	"parked": {"parked"}, "blocked": {"blocked"}, "retrying": {"buffered"},
}

// states checks that each transaction is in exactly one state. It holds at every moment.
func (v *verdict) states(i inventory) {
	at := make(map[string]string)
	for place, list := range i.places() {
		for _, id := range *list {
			v.checked["state"]++
			if other, twice := at[id]; twice {
				v.find("state", "transaction %s is %s and %s", id, other, place)
			}
			at[id] = place
			if state, exists := i.Transactions[id]; !exists {
				v.find("state", "transaction %s is %s and does not exist", id, place)
			} else if !slices.Contains(expected[place], state) {
				v.find("state", "transaction %s is %s and says %q", id, place, state)
			}
		}
	}
	for id, state := range i.Transactions {
		if at[id] == "" {
			v.find("state", "transaction %s says %q and is nowhere", id, state)
		}
	}
}

// kept are the keys that remain when nothing is pending.
var kept = []string{"sequence", "version", "cleaned", "stops", "lease", "executor", "progress", "flight", "journal", "events"}

// settled checks a Redis in which nothing is pending any more.
func (r *rig) settled(v *verdict) {
	r.t.Helper()
	i, err := r.inventory(r.context())
	r.must(err)
	v.states(i)
	for _, place := range []string{"parked", "blocked", "retrying"} {
		v.checked["stopped"]++
		if ids := *i.places()[place]; len(ids) > 0 {
			v.find("stopped", "%d transactions are %s: %v", len(ids), place, ids)
		}
	}
	prefix := rediskeys.Site(observatory).Prefix()
	for _, key := range i.Keys {
		v.checked["leak"]++
		name := strings.TrimPrefix(key, prefix)
		if !slices.Contains(kept, name) && !besideWrites.MatchString(name) {
			v.find("leak", "Redis still holds %s", key)
		}
	}
}

// settle waits until everything that is not stopped is replicated. It returns what is left when ctx ends first.
func (r *rig) settle(ctx context.Context) error {
	return lab.Until(ctx, "everything is replicated", func(ctx context.Context) error {
		i, err := r.inventory(ctx)
		if err != nil {
			return err
		}
		if n := i.pending(); n > 0 {
			return fmt.Errorf("%d buffered, %d retrying, %d not replicated", len(i.Buffer), len(i.Retrying), len(i.Committed)+len(i.Direct))
		}
		return r.Replicated(ctx, observatory)
	})
}

// mustSettle is settle within the time that a test waits for anything.
func (r *rig) mustSettle() {
	r.t.Helper()
	r.must(r.settle(r.context()))
}

// shown compares what each API of the site shows of the promised executions with the rows of the main database.
func (r *rig) shown(v *verdict, p promises, rows map[string]fields) {
	r.t.Helper()
	site := r.at(observatory)
	below := make(map[string][]string) // ids of packages and files by execution
	for id, row := range rows {
		if parent := text(row, "executed_obs_unit_id"); parent != "" {
			below[parent] = append(below[parent], id)
		}
	}
	ctx, turn := r.context(), 0
	for id, record := range p.records {
		if record.table != executions || rows[id] == nil {
			continue
		}
		turn++
		a, err := site.available(ctx, turn, get(pathOf(executions, id)))
		if err == nil && a.status != http.StatusOK {
			err = fmt.Errorf("%d %s", a.status, a.text)
		}
		shown, bad := a.object()
		if err := errors.Join(err, bad); err != nil {
			v.find("read", "%s %s: %v", executions, id, err)
			continue
		}
		v.compare(executions, rows[id], shown)
		children := append(list(shown, "raw_data_packages"), list(shown, "raw_data_files")...)
		if len(children) != len(below[id]) {
			v.find("read", "%s %s shows %d packages and files, and has %d", executions, id, len(children), len(below[id]))
		}
		for _, child := range children {
			v.compare("below "+id, rows[text(child, "id")], child)
		}
	}
}

// compare compares a record as the site shows it with its row.
func (v *verdict) compare(what string, row, shown fields) {
	v.checked["read"]++
	if row == nil {
		v.find("read", "%s: shown and not in the main database: %v", what, shown)
		return
	}
	if diff := differences(row, shown); diff != "" {
		v.find("read", "%s %v: %s", what, row["id"], diff)
	}
	if shown["sync"] != "replicated" {
		v.find("read", "%s %v is shown as %v", what, row["id"], shown["sync"])
	}
}

// list returns the objects of a member.
func list(f fields, name string) []fields {
	items, ok := f[name].([]any)
	if !ok {
		return nil
	}
	objects := make([]fields, 0, len(items))
	for _, item := range items {
		if object, ok := item.(map[string]any); ok {
			objects = append(objects, object)
		}
	}
	return objects
}

// visible checks, at any moment, that a site shows every promised record as promised.
func (r *rig) visible(v *verdict, site *station) {
	r.t.Helper()
	p, err := r.answers.read()
	r.must(err)
	for _, id := range slices.Sorted(maps.Keys(p.records)) {
		record := p.records[id]
		v.checked["read"]++
		a, err := site.send(r.t.Context(), v.checked["read"], get(pathOf(record.table, id)))
		r.must(err)
		switch {
		case record.deleted && a.status == http.StatusNotFound:
		case a.status != http.StatusOK:
			v.find("read", "%s %s was acknowledged and is not shown: %d %s", record.table, id, a.status, a.text)
		default:
			shown, err := a.object()
			r.must(err)
			if diff := differences(record.last(), shown); diff != "" {
				v.find("read", "%s %s: %s", record.table, id, diff)
			}
		}
	}
}

// within returns a context that ends after d: for what must be true by then.
func (r *rig) within(d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(r.t.Context(), d)
	r.t.Cleanup(cancel)
	return ctx
}
