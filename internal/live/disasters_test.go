package live_test

import (
	"bufio"
	"encoding/json"
	"io"
	"strconv"
	"strings"
	"testing"

	"github.com/redis/rueidis"

	"github.com/ccatobs/opsdb/internal/live"
)

func (p *place) redisDo(command string, args ...string) {
	p.t.Helper()
	if err := p.client.Do(p.t.Context(), p.client.B().Arbitrary(command).Args(args...).Build()).Error(); err != nil {
		p.t.Fatal(err)
	}
}

// publishing is a script that adds an event to the topic of the transfers, some times, as a publisher does.
const publishing = `for i = 1, tonumber(ARGV[2]) do
		local n = redis.call('HINCRBY', KEYS[1], 'offset:1', 1)
		redis.call('XADD', KEYS[2], 'MAXLEN', '~', 10000, n .. '-0', 'event', ARGV[1])
	end
	return 1`

// publish adds an event to the topic of the transfers, some times.
func (p *place) publish(times int, text string) {
	p.t.Helper()
	for ; times > 0; times -= 500 {
		p.redisDo("EVAL", publishing, "2", keys.Live(), keys.LiveTopic(string(live.Transfer)), text, strconv.Itoa(min(times, 500)))
	}
}

// publishUnheard ends all connections to Redis, and publishes events before the processes can have new ones.
func (p *place) publishUnheard(times int, text string) {
	p.t.Helper()
	err := p.client.Dedicated(func(c rueidis.DedicatedClient) error {
		for _, answer := range c.DoMulti(p.t.Context(),
			c.B().Multi().Build(),
			c.B().Arbitrary("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes").Build(),
			c.B().Eval().Script(publishing).Numkeys(2).Key(keys.Live(), keys.LiveTopic(string(live.Transfer))).Arg(text, strconv.Itoa(times)).Build(),
			c.B().Exec().Build(),
		) {
			if err := answer.Error(); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		p.t.Fatal(err)
	}
	p.connect()
}

// addEvent lets a transaction come to a state.
func (p *place) addEvent(state string, n int) {
	p.t.Helper()
	p.redisDo("XADD", keys.Events(), "*", "state", state, "ids", id(n).String())
}

// loseEvents drops events of the buffer before anybody can have read them.
func (p *place) loseEvents() {
	p.t.Helper()
	p.redisDo("EVAL", `for i = 1, 100 do redis.call('XADD', KEYS[1], '*', 'state', 'buffered', 'ids', ARGV[1]) end
		return redis.call('XTRIM', KEYS[1], 'MAXLEN', 1)`, "1", keys.Events(), id(1).String())
}

// turnBack makes the site believe that it has read what this main database has not come to yet. It returns how far it had
// read.
func (p *place) turnBack() string {
	p.t.Helper()
	c := p.client
	before, err := c.Do(p.t.Context(), c.B().Hget().Key(keys.Live()).Field("outbox").Build()).ToString()
	if err != nil {
		p.t.Fatal(err)
	}
	fields := strings.Fields(before)
	p.redisDo("HSET", keys.Live(), "outbox", strings.Join(append([]string{"9999999999", "0"}, fields[2:]...), " "))
	return before
}

// setBack gives the site the topics back that its Redis had when the epoch began.
func (p *place) setBack() {
	p.t.Helper()
	script := `local epoch = redis.call('HGET', KEYS[1], 'epoch')
		for i = 2, #KEYS do
			redis.call('DEL', KEYS[i])
			redis.call('XADD', KEYS[i], '1-0', 'epoch', epoch)
			redis.call('HSET', KEYS[1], 'offset:' .. i - 1, 1)
		end
		return 1`
	args := []string{script, strconv.Itoa(1 + len(live.Topics())), keys.Live()}
	for _, topic := range live.Topics() {
		args = append(args, keys.LiveTopic(string(topic)))
	}
	p.redisDo("EVAL", args...)
}

// lines reads server-sent events.
type lines struct{ scanner *bufio.Scanner }

func newLines(r io.Reader) lines {
	scanner := bufio.NewScanner(r)
	scanner.Buffer(nil, 1<<20)
	return lines{scanner}
}

// sent is one of them.
type sent struct {
	id, kind string
	message  message
}

func (l lines) next(t testing.TB) (s sent) {
	t.Helper()
	for l.scanner.Scan() {
		name, value, _ := strings.Cut(l.scanner.Text(), ": ")
		switch name {
		case "id":
			s.id = value
		case "event":
			s.kind = value
		case "data":
			if err := json.Unmarshal([]byte(value), &s.message); err != nil {
				t.Fatal(err)
			}
		case "":
			return s
		default:
			t.Fatalf("%q", l.scanner.Text())
		}
	}
	t.Fatal("the stream has ended", l.scanner.Err())
	return s
}
