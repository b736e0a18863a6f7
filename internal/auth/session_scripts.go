package auth

import "github.com/redis/rueidis"

// luaSession holds what scripts share.
const luaSession = `
local function fields() return redis.call('HMGET', KEYS[1], 'user', 'name', 'credential', 'started', 'renewed', 'expires', 'address', 'agent') end
local function answer(word) local f = fields() table.insert(f, 1, word) return f end
local function owner()
  local f = redis.call('HMGET', KEYS[1], 'user', 'credential')
  return f[2] == 'break_glass' and f[2] or f[1]
end
`

// openSession begins a session.
//
// KEYS: session, sessions of the owner. ARGV: id, hash of the secret, user, name, credential, began (µs), expires (s),
// address, user agent, when it ends however often it is renewed (s), now (µs). Result: {"opened"}.
var openSession = rueidis.NewLuaScript(`
redis.call('HSET', KEYS[1], 'secret', ARGV[2], 'before', '', 'user', ARGV[3], 'name', ARGV[4], 'credential', ARGV[5],
  'started', ARGV[6], 'renewed', ARGV[11], 'expires', ARGV[7], 'address', ARGV[8], 'agent', ARGV[9], 'ends', ARGV[10])
redis.call('EXPIREAT', KEYS[1], ARGV[7])
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', math.floor(tonumber(ARGV[11]) / 1000000))
redis.call('ZADD', KEYS[2], ARGV[7], ARGV[1])
if redis.call('EXPIREAT', KEYS[2], ARGV[7], 'NX') == 0 then redis.call('EXPIREAT', KEYS[2], ARGV[7], 'GT') end
return {'opened'}
`)

// renewSession replaces the secret of a session, unless that was done a moment ago or the next one has never come back:
// then the answer got lost, and who sends the one before has nothing else. What comes was made here: when it is neither the
// present secret nor such a one before, it is older than one that is in use.
//
// KEYS: session. ARGV: hash of the secret that comes after the one that came, now (µs), expires (s), grace (µs), id, prefix
// of the lists of sessions, then the hashes of the secret that came. Result: {"renewed" or "reused", hash of the present
// secret, fields of the session} | {"ended"}.
var renewSession = rueidis.NewLuaScript(luaSession + `
local s = redis.call('HMGET', KEYS[1], 'secret', 'before', 'presented', 'renewed', 'ends')
if not s[1] then return {'ended'} end
local function result(word)
  local f = answer(word)
  table.insert(f, 2, redis.call('HGET', KEYS[1], 'secret'))
  return f
end
local present, before = false, false
for i = 7, #ARGV do
  if ARGV[i] == s[1] then present = true end
  if ARGV[i] == s[2] then before = true end
end
if present then redis.call('HSET', KEYS[1], 'presented', '1') end
local recent = s[2] ~= '' and tonumber(ARGV[2]) - tonumber(s[4]) <= tonumber(ARGV[4])
if (present or before) and recent then return result('renewed') end
if present or before and s[3] ~= '1' then
  if present then redis.call('HSET', KEYS[1], 'before', s[1], 'secret', ARGV[1], 'presented', '') end
  local expires = math.min(tonumber(ARGV[3]), tonumber(s[5]))
  redis.call('HSET', KEYS[1], 'renewed', ARGV[2], 'expires', string.format('%d', expires))
  redis.call('EXPIREAT', KEYS[1], expires)
  local list = ARGV[6] .. owner()
  redis.call('ZADD', list, expires, ARGV[5])
  redis.call('EXPIREAT', list, expires, 'GT')
  return result('renewed')
end
local was = result('reused')
redis.call('ZREM', ARGV[6] .. owner(), ARGV[5])
redis.call('DEL', KEYS[1])
return was
`)

// endSession ends a session.
//
// KEYS: session. ARGV: id, prefix of the lists of sessions. Result: {"ended", fields of the session} | {"gone"}.
var endSession = rueidis.NewLuaScript(luaSession + `
if redis.call('EXISTS', KEYS[1]) == 0 then return {'gone'} end
local was = answer('ended')
redis.call('ZREM', ARGV[2] .. owner(), ARGV[1])
redis.call('DEL', KEYS[1])
return was
`)

// readSession reads a session.
//
// KEYS: session. Result: fields of the session | {}.
var readSession = rueidis.NewLuaScriptReadOnly(luaSession + `
if redis.call('EXISTS', KEYS[1]) == 0 then return {} end
return fields()
`)
