package live

import (
	"context"
	"errors"
	"strconv"

	"github.com/google/uuid"
	"github.com/redis/rueidis"

	"github.com/ccatobs/opsdb/internal/redisclient"
	"github.com/ccatobs/opsdb/internal/rediskeys"
)

// historyLength is about how many events of a topic are kept for those who come back.
const historyLength = 10_000

// Sources of events; how far each was read is a field of the state of this name.
const (
	fromOutbox = "outbox"
	fromBuffer = "buffer"
	fromHealth = "health"
)

// store is what the processes of a site share.
type store struct {
	redis *redisclient.Client
	keys  rediskeys.Site
}

// state is the hash of that name: the epoch, how far each source was read, and the last offset of each topic.
type state map[string]string

func (s state) epoch() string { return s["epoch"] }

// offset is the last of a topic.
func (s state) offset(topic Topic) uint64 { return offsetOf(s["offset:"+numbers[topic]]) }

func (s store) state(ctx context.Context) (state, error) {
	c, err := s.redis.Get()
	if err != nil {
		return nil, err
	}
	return c.Do(ctx, c.B().Hgetall().Key(s.keys.Live()).Build()).AsStrMap()
}

// streamKeys are the state and the topics, in the order of Topics.
func (s store) streamKeys() []string {
	keys := []string{s.keys.Live()}
	for _, topic := range Topics() {
		keys = append(keys, s.keys.LiveTopic(string(topic)))
	}
	return keys
}

const luaAdd = `
local function add(i, field, text)
  local n = redis.call('HINCRBY', KEYS[1], 'offset:' .. i, 1)
  redis.call('XADD', KEYS[1 + i], 'MAXLEN', '~', ARGV[1], n .. '-0', field, text)
end
`

// beginScript begins a new epoch, unless somebody else has.
//
// KEYS: state, topics, then the buffer's stream. ARGV: length of a topic, epoch before (empty: none), new epoch, place in the
// outbox. Result: 1, or 0 when the epoch before is another.
var beginScript = rueidis.NewLuaScript(luaAdd + `
if (redis.call('HGET', KEYS[1], 'epoch') or '') ~= ARGV[2] then return 0 end
local last = redis.call('XREVRANGE', KEYS[#KEYS], '+', '-', 'COUNT', 1)
redis.call('HSET', KEYS[1], 'epoch', ARGV[3], 'outbox', ARGV[4], 'buffer', last[1] and last[1][1] or '0-0')
for i = 1, #KEYS - 2 do
  -- The state can be lost without the topics.
  local top = redis.call('XREVRANGE', KEYS[1 + i], '+', '-', 'COUNT', 1)[1]
  local n = math.max(tonumber(redis.call('HGET', KEYS[1], 'offset:' .. i) or '0'), top and tonumber(string.match(top[1], '%d+')) or 0)
  redis.call('HSET', KEYS[1], 'offset:' .. i, string.format('%.0f', n))
  add(i, 'epoch', ARGV[3])
end
return 1
`)

// publishScript adds events and notes how far their source was read, unless somebody else has.
//
// KEYS: state, topics. ARGV: length of a topic, epoch, source, place before (empty: none), place after, then for each event
// the number of its topic and its text. Result: 1, or 0 when the epoch or the place is another.
var publishScript = rueidis.NewLuaScript(luaAdd + `
if redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[2] then return 0 end
if (redis.call('HGET', KEYS[1], ARGV[3]) or '') ~= ARGV[4] then return 0 end
redis.call('HSET', KEYS[1], ARGV[3], ARGV[5])
for i = 6, #ARGV, 2 do add(tonumber(ARGV[i]), 'event', ARGV[i + 1]) end
return 1
`)

// errMoved says that another process has published meanwhile.
var errMoved = errors.New("another process of the site publishes")

func (s store) begin(ctx context.Context, before, outbox string) error {
	c, err := s.redis.Get()
	if err != nil {
		return err
	}
	args := []string{strconv.Itoa(historyLength), before, uuid.Must(uuid.NewV7()).String(), outbox}
	return moved(beginScript.Exec(ctx, c, append(s.streamKeys(), s.keys.Events()), args))
}

func (s store) publish(ctx context.Context, epoch, source, from, to string, list []entry) error {
	c, err := s.redis.Get()
	if err != nil {
		return err
	}
	args := []string{strconv.Itoa(historyLength), epoch, source, from, to}
	for _, e := range list {
		args = append(args, numbers[e.topic], e.text)
	}
	return moved(publishScript.Exec(ctx, c, s.streamKeys(), args))
}

// numbers are the places of the topics among the keys of the scripts.
var numbers = func() map[Topic]string {
	places := map[Topic]string{}
	for i, topic := range Topics() {
		places[topic] = strconv.Itoa(i + 1)
	}
	return places
}()

func moved(answer rueidis.RedisResult) error {
	done, err := answer.AsInt64()
	if err == nil && done == 0 {
		return errMoved
	}
	return err
}
