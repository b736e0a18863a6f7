package buffer

import "github.com/redis/rueidis"

// luaOverlay holds what scripts share: the overlay of a record is "version|id id id", the transactions that write it in
// order. Lists show it where the last live of them says; parked and blocked patches are not live.
const luaOverlay = `
local prefix = ARGV[1]
local function transaction(id) return prefix .. 'transaction:' .. id end
local function overlay(tbl) return prefix .. 'overlay:' .. tbl end
local function split(text, pattern)
  local parts = {}
  for part in string.gmatch(text, pattern) do parts[#parts + 1] = part end
  return parts
end
local function writers(tbl, id)
  local value = redis.call('HGET', overlay(tbl), id)
  if not value then return {}, '0' end
  local bar = string.find(value, '|', 1, true)
  return split(string.sub(value, bar + 1), '[^ ]+'), string.sub(value, 1, bar - 1)
end
local function place(effects, tbl, id)
  local from, to = string.find(effects, '\n' .. tbl .. '\t' .. id .. '\t', 1, true)
  if not from then return nil end
  local stop = string.find(effects, '\n', to + 1, true)
  local fields = {}
  for field in string.gmatch(string.sub(effects, to + 1, stop - 1) .. '\t', '([^\t]*)\t') do fields[#fields + 1] = field end
  return fields
end
-- own is {id, state, effects} of a transaction that the caller knows already.
local function shown(tbl, id, list, own)
  for i = #list, 1, -1 do
    local t
    if own and own[1] == list[i] then t = {own[2], own[3]}
    else t = redis.call('HMGET', transaction(list[i]), 'state', 'effects') end
    if t[2] then
      local p = place(t[2], tbl, id)
      if p and #p > 2 then
        local patch = p[1] == 'P' or p[1] == 'D'
        if not (patch and (t[1] == 'parked' or t[1] == 'blocked')) then return p end
      end
    end
  end
  return nil
end
local function relist(tbl, id, before, after)
  local member
  if before then
    member = before[2] .. id
    for i = 3, #before do redis.call('ZREM', prefix .. 'index:' .. tbl .. ':' .. before[i], member) end
  end
  if after then
    member = after[2] .. id
    for i = 3, #after do redis.call('ZADD', prefix .. 'index:' .. tbl .. ':' .. after[i], 0, member) end
  end
end
local function keep(tbl, id, list, version)
  if #list == 0 then redis.call('HDEL', overlay(tbl), id)
  else redis.call('HSET', overlay(tbl), id, version .. '|' .. table.concat(list, ' ')) end
end
local function records(effects)
  local found = {}
  for tbl, id in string.gmatch(effects, '\n([^\t\n]+)\t([^\t\n]+)\t') do found[#found + 1] = {tbl, id} end
  return found
end
local function without(list, id)
  local rest = {}
  for _, other in ipairs(list) do if other ~= id then rest[#rest + 1] = other end end
  return rest
end
local function enter(id, effects, version)
  local own = {id, 'buffered', effects}
  for _, r in ipairs(records(effects)) do
    local list = without(writers(r[1], r[2]), id)
    local before = shown(r[1], r[2], list)
    list[#list + 1] = id
    keep(r[1], r[2], list, version)
    relist(r[1], r[2], before, shown(r[1], r[2], list, own))
  end
end
local function leave(id, state, effects, version)
  local own = {id, state, effects}
  for _, r in ipairs(records(effects)) do
    local list, old = writers(r[1], r[2])
    local before = shown(r[1], r[2], list, own)
    list = without(list, id)
    keep(r[1], r[2], list, version or old)
    relist(r[1], r[2], before, shown(r[1], r[2], list))
  end
end
local function restate(id, effects, version, change)
  local touched = {}
  for i, r in ipairs(records(effects)) do
    local list = writers(r[1], r[2])
    touched[i] = {r[1], r[2], list, shown(r[1], r[2], list)}
  end
  change()
  for _, r in ipairs(touched) do
    if #r[3] > 0 then keep(r[1], r[2], r[3], version) end
    relist(r[1], r[2], r[4], shown(r[1], r[2], r[3]))
  end
end
-- Whether a record has got another writer since it was looked at. The own mark that was prepared meanwhile is none.
local function moved(tbl, id, version, tx)
  local list, now = writers(tbl, id)
  return now ~= version and list[#list] ~= tx
end
local function row(tbl, id, tx, version)
  local list = without(writers(tbl, id), tx)
  list[#list + 1] = tx
  keep(tbl, id, list, version)
end
-- The transaction whose id map was prepared is there: the map lasts as long as it.
local function arrived(id)
  redis.call('ZREM', prefix .. 'prepared', id)
  redis.call('UNLINK', prefix .. 'prepared:' .. id)
end
local function event(state, ids)
  redis.call('XADD', prefix .. 'events', 'MAXLEN', '~', 10000, '*', 'state', state, 'ids', ids)
end
local function sequence(id) return tonumber(redis.call('HGET', transaction(id), 'sequence') or '0') end
local buffer = prefix .. 'transaction_buffer'
-- Puts an id at the place of its sequence number; mostly it is older than all that wait.
local function put(id)
  local mine, n = sequence(id), redis.call('LLEN', buffer)
  local last = n > 0 and redis.call('LINDEX', buffer, -1)
  if not last or sequence(last) >= mine then redis.call('RPUSH', buffer, id) return end
  local low, high = 0, n - 1
  while low < high do
    local middle = math.floor((low + high) / 2)
    if sequence(redis.call('LINDEX', buffer, middle)) < mine then high = middle else low = middle + 1 end
  end
  redis.call('LINSERT', buffer, 'BEFORE', redis.call('LINDEX', buffer, low), id)
end
local function unstop(id)
  redis.call('ZREM', prefix .. 'parked', id)
  redis.call('ZREM', prefix .. 'blocked', id)
  redis.call('ZREM', prefix .. 'retrying', id)
  redis.call('ZREM', prefix .. 'retry_at', id)
  redis.call('INCR', prefix .. 'stops')
end
`

// evenFull lets a script write when Redis is full. Without it Redis refuses the first write that takes memory, and
// nothing is written: right for what accepts, but what makes room again must go on.
const evenFull = "#!lua flags=allow-oom\n"

// accepting is a script that takes something in.
func accepting(body string) *rueidis.Lua { return rueidis.NewLuaScript(luaOverlay + body) }

// moving is a script that carries on what was accepted.
func moving(body string) *rueidis.Lua { return rueidis.NewLuaScript(evenFull + luaOverlay + body) }
