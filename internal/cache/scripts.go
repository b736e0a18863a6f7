package cache

import "github.com/redis/rueidis"

// putScript keeps values. KEYS: index, sizes, generations. ARGV: what stands before the names of the values, area, its
// generation, bound in bytes, and for each value its name, the value, and its life in milliseconds. When the values do not
// fit, those go that would expire first.
var putScript = rueidis.NewLuaScript(`
local index, sizes, prefix, bound = KEYS[1], KEYS[2], ARGV[1], tonumber(ARGV[4])
if tonumber(redis.call('hget', KEYS[3], ARGV[2]) or 0) ~= tonumber(ARGV[3]) then
  return 0
end
local time = redis.call('time')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function drop(name)
  local size = redis.call('hget', sizes, name)
  if size then
    redis.call('hdel', sizes, name)
    redis.call('hincrby', sizes, '', -size)
  end
  redis.call('zrem', index, name)
  redis.call('unlink', prefix .. name)
end
for _, name in ipairs(redis.call('zrangebyscore', index, '-inf', now, 'limit', 0, 1000)) do
  drop(name)
end
for i = 5, #ARGV, 3 do
  local name, value, life = ARGV[i], ARGV[i + 1], tonumber(ARGV[i + 2])
  drop(name)
  local size = #value + 300
  while tonumber(redis.call('hget', sizes, '') or 0) + size > bound do
    local first = redis.call('zrange', index, 0, 0)[1]
    if not first then
      break
    end
    drop(first)
  end
  if size <= bound and life > 0 then
    redis.call('set', prefix .. name, value, 'px', life)
    redis.call('zadd', index, now + life, name)
    redis.call('hset', sizes, name, size)
    redis.call('hincrby', sizes, '', size)
  end
end
return 1
`)

// renewScript prolongs a claim of its owner. KEYS: the claim. ARGV: owner, life in milliseconds.
var renewScript = rueidis.NewLuaScript(`
if redis.call('get', KEYS[1]) == ARGV[1] then
  return redis.call('pexpire', KEYS[1], ARGV[2])
end
return 0
`)

// releaseScript ends a claim of its owner. KEYS: the claim. ARGV: owner.
var releaseScript = rueidis.NewLuaScript(`
if redis.call('get', KEYS[1]) == ARGV[1] then
  return redis.call('del', KEYS[1])
end
return 0
`)
