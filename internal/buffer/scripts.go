package buffer

import (
	"github.com/redis/rueidis"
)

// Every state change is one atomic script. All keys of a script are of one site and one server, so beside the declared
// KEYS a script derives keys from the site's prefix, always ARGV[1]. No script touches more than about 500 keys or
// fields: longer work comes in slices of sliceSize transactions, and of cleanSize where the overlay changes, which takes
// some 25 µs for each: what clients write waits for a script that runs.
const (
	sliceSize = 100
	cleanSize = 25
)

// enqueueScript accepts a transaction: all or nothing, and nothing when its id is known.
//
// KEYS: transaction. ARGV: prefix, id, payload, fingerprint, effects, accepted (ms), state (buffered or committed),
// lsn, version of the look, number of looked-at records, their table, id and version, number of id-map rows, their
// table and id, number of rows that were prepared ahead.
// Result: {"known", fingerprint, state, accepted} | {"moved"} | {"new", sequence}. It has moved also when the janitor has
// taken what was prepared for the id map of a bulk that never comes.
var enqueueScript = accepting(`
local known = redis.call('HMGET', KEYS[1], 'fingerprint', 'state', 'accepted')
if known[1] then return {'known', known[1], known[2], known[3]} end
local looked, at = tonumber(ARGV[10]), 11
for i = 1, looked do
  if moved(ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[2]) then return {'moved'} end
  at = at + 3
end
if looked > 0 and tonumber(redis.call('GET', prefix .. 'cleaned') or '0') > tonumber(ARGV[9]) then return {'moved'} end
local id, state, mapped = ARGV[2], ARGV[7], tonumber(ARGV[at])
local ahead = tonumber(ARGV[at + 2 * mapped + 1])
if ahead > 0 and redis.call('SCARD', prefix .. 'prepared:' .. id) < ahead then return {'moved'} end
local version = redis.call('INCR', prefix .. 'version')
local seq = redis.call('INCR', prefix .. 'sequence')
redis.call('HSET', KEYS[1], 'payload', ARGV[3], 'fingerprint', ARGV[4], 'effects', ARGV[5], 'accepted', ARGV[6],
  'state', state, 'sequence', seq, 'version', version)
if state == 'buffered' then
  redis.call('LPUSH', buffer, id)
else
  redis.call('HSET', KEYS[1], 'lsn', ARGV[8], 'executed', ARGV[6])
  redis.call('ZADD', prefix .. 'direct', seq, id)
end
enter(id, ARGV[5], version)
if mapped > 0 then
  for i = 1, mapped do row(ARGV[at + 2 * i - 1], ARGV[at + 2 * i], id, version) end
  arrived(id)
end
event(state, id)
return {'new', seq}
`)

// prepareScript writes a slice of the id map of a bulk ahead of its enqueue; readers skip ids of transactions that do
// not exist, and the janitor removes what was never enqueued.
//
// KEYS: prepared, prepared rows of the transaction. ARGV: prefix, id, now (ms), then of each row table, id and the version
// at which it was looked at, empty when it was not.
// Result: 1, 0 when the transaction exists already, or -1 when a record has moved since it was looked at.
var prepareScript = accepting(`
if redis.call('EXISTS', transaction(ARGV[2])) == 1 then return 0 end
for i = 4, #ARGV, 3 do
  if ARGV[i + 2] ~= '' and moved(ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[2]) then return -1 end
end
redis.call('ZADD', KEYS[1], ARGV[3], ARGV[2])
local version = redis.call('INCR', prefix .. 'version')
for i = 4, #ARGV, 3 do
  row(ARGV[i], ARGV[i + 1], ARGV[2], version)
  redis.call('SADD', KEYS[2], ARGV[i] .. ' ' .. ARGV[i + 1])
end
return 1
`)

// sweepScript removes a slice of an id map: of a transaction that has left, or that never came.
//
// KEYS: prepared, prepared rows of the transaction. ARGV: prefix, id, the millisecond before which it must have been
// prepared last and not have come since (empty: it has left), then table and id of each row.
// Result: 1, or 0 when it has come, or is being prepared again.
var sweepScript = moving(`
if ARGV[3] ~= '' and tonumber(redis.call('ZSCORE', KEYS[1], ARGV[2]) or 'inf') > tonumber(ARGV[3]) then return 0 end
for i = 4, #ARGV, 2 do
  local list, version = writers(ARGV[i], ARGV[i + 1])
  keep(ARGV[i], ARGV[i + 1], without(list, ARGV[2]), version)
  redis.call('SREM', KEYS[2], ARGV[i] .. ' ' .. ARGV[i + 1])
end
if redis.call('SCARD', KEYS[2]) == 0 then redis.call('ZREM', KEYS[1], ARGV[2]) end
return 1
`)

// commitScript records that the main database has committed a slice of a flight. It verifies that the ids are the
// oldest of the buffer; an id that an operator put back meanwhile stands among them, then each is removed by itself.
//
// Batch 0 stands for one that another site executed: its ledger row is the proof, not this site's progress.
//
// KEYS: buffer, lease, progress. ARGV: prefix, holder, incarnation, fence, batch, lsn, now (ms), ids oldest first.
// Result: 1, or 0 when the lease has another holder.
var commitScript = moving(`
if redis.call('GET', KEYS[2]) ~= ARGV[2] then return 0 end
local n = #ARGV - 7
local tail, same = redis.call('LRANGE', KEYS[1], -n, -1), true
for i = 1, n do if tail[#tail - i + 1] ~= ARGV[7 + i] then same = false end end
if same then redis.call('LTRIM', KEYS[1], 0, -n - 1)
else for i = 1, n do redis.call('LREM', KEYS[1], -1, ARGV[7 + i]) end end
local committed = {}
for i = 1, n do
  local id = ARGV[7 + i]
  local state = redis.call('HGET', transaction(id), 'state')
  if state then
    if state ~= 'discarded' then state = 'committed' end
    redis.call('HSET', transaction(id), 'batch', ARGV[5], 'fence', ARGV[4], 'lsn', ARGV[6], 'executed', ARGV[7], 'state', state)
    committed[#committed + 1] = ARGV[5] == '0' and sequence(id) or ARGV[5]
    committed[#committed + 1] = id
  end
end
if #committed > 0 then redis.call('ZADD', prefix .. (ARGV[5] == '0' and 'direct' or 'committed'), unpack(committed)) end
local known = redis.call('HMGET', KEYS[3], 'incarnation', 'batch')
if known[1] ~= ARGV[3] or tonumber(ARGV[5]) > tonumber(known[2] or '0') then
  redis.call('HSET', KEYS[3], 'incarnation', ARGV[3], 'fence', ARGV[4], 'batch', ARGV[5])
end
event('committed', table.concat(ARGV, ' ', 8))
return 1
`)

// cleanScript removes a slice of replicated transactions from the overlay, compare-and-delete: only these ids go, a newer
// write of the same record stays, and so does what was put back into the buffer since it was found replicated, because
// the main database had lost it. Their payloads go to the journal. Bulks stay until their id maps are swept.
//
// KEYS: journal, cleaned, progress, the set that they are in. ARGV: prefix, journal flag ("1" keep, "0" not), incarnation
// whose batch is the proof (empty: each was proved by its ledger row), swept ("1": the id maps are), ids.
// Result: number of transactions removed, then the ids of the bulks that stayed.
var cleanScript = moving(`
if ARGV[3] ~= '' and redis.call('HGET', KEYS[3], 'incarnation') ~= ARGV[3] then return {'0'} end
local cleaned, ids, gone, stayed = tonumber(redis.call('GET', KEYS[2]) or '0'), {}, {}, {'0'}
for i = 5, #ARGV do
  local id = ARGV[i]
  local t = redis.call('HMGET', transaction(id), 'effects', 'payload', 'sequence', 'batch', 'version', 'state', 'outcome')
  if t[1] and ARGV[4] ~= '1' and string.find(t[1], '\t@', 1, true) then
    stayed[#stayed + 1] = id
  elseif redis.call('ZREM', KEYS[4], id) == 1 then
    leave(id, t[6], t[1])
    if ARGV[2] == '1' then
      local entry = {'id', id, 'sequence', t[3], 'batch', t[4] or '0', 'payload', t[2], 'state', t[6]}
      if t[6] == 'discarded' then
        local trail = redis.call('LRANGE', prefix .. 'audit:' .. id, 0, -1)
        for _, field in ipairs({'outcome', t[7] or 'discarded', 'audit', '[' .. table.concat(trail, ',') .. ']'}) do entry[#entry + 1] = field end
      end
      redis.call('XADD', KEYS[1], '*', unpack(entry))
    end
    if t[6] == 'discarded' then redis.call('ZREM', prefix .. 'discarded', id) end
    cleaned = math.max(cleaned, tonumber(t[5]))
    ids[#ids + 1] = id
    gone[#gone + 1] = transaction(id)
    gone[#gone + 1] = prefix .. 'audit:' .. id
  end
end
if #ids == 0 then return stayed end
redis.call('SET', KEYS[2], cleaned)
redis.call('UNLINK', unpack(gone))
event('replicated', table.concat(ids, ' '))
stayed[1] = tostring(#ids)
return stayed
`)

// stopScript takes a transaction out of the buffer: parked, blocked behind others, or to be tried again.
//
// KEYS: transaction, buffer, lease. ARGV: prefix, id, holder, kind (parked, blocked, retrying), attempts,
// failure (JSON, empty: none), ids it is blocked by, retry at (ms, 0: never by itself).
// Result: the counter of stops, or 0 when the lease has another holder, -1 when the transaction is gone.
var stopScript = moving(`
if redis.call('GET', KEYS[3]) ~= ARGV[3] then return 0 end
local effects = redis.call('HGET', KEYS[1], 'effects')
if not effects then return -1 end
local id, kind = ARGV[2], ARGV[4]
redis.call('LREM', KEYS[2], -1, id)
local version = redis.call('INCR', prefix .. 'version')
restate(id, effects, version, function()
  redis.call('HSET', KEYS[1], 'attempts', ARGV[5], 'blocked_by', ARGV[7])
  if ARGV[6] ~= '' then redis.call('HSET', KEYS[1], 'failure', ARGV[6]) end
  redis.call('HSET', KEYS[1], 'state', kind == 'retrying' and 'buffered' or kind)
end)
unstop(id)
redis.call('ZADD', prefix .. kind, redis.call('HGET', KEYS[1], 'sequence'), id)
if ARGV[8] ~= '0' then redis.call('ZADD', prefix .. 'retry_at', ARGV[8], id) end
event(kind, id)
return tonumber(redis.call('GET', prefix .. 'stops'))
`)

// resumeScript puts a slice of stopped or committed transactions back into the buffer, each at the place of its sequence.
//
// KEYS: none. ARGV: prefix, attempts ("keep" or "0"), audit entry (JSON, empty: none) for those that are not
// merely blocked, ids.
// Result: number of transactions put back.
var resumeScript = moving(`
local count, ids = 0, {}
for i = 4, #ARGV do
  local id = ARGV[i]
  local t = redis.call('HMGET', transaction(id), 'effects', 'state')
  local stopped = redis.call('ZSCORE', prefix .. 'parked', id) or redis.call('ZSCORE', prefix .. 'blocked', id)
    or redis.call('ZSCORE', prefix .. 'retrying', id) or redis.call('ZSCORE', prefix .. 'committed', id)
    or redis.call('ZSCORE', prefix .. 'direct', id)
  if t[1] and stopped then
    restate(id, t[1], redis.call('INCR', prefix .. 'version'), function()
      if t[2] ~= 'discarded' then redis.call('HSET', transaction(id), 'state', 'buffered') end
      redis.call('HDEL', transaction(id), 'blocked_by', 'batch', 'lsn', 'executed')
      if ARGV[2] == '0' then redis.call('HDEL', transaction(id), 'attempts') end
    end)
    if ARGV[3] ~= '' and t[2] ~= 'blocked' then redis.call('RPUSH', prefix .. 'audit:' .. id, ARGV[3]) end
    unstop(id)
    redis.call('ZREM', prefix .. 'committed', id)
    redis.call('ZREM', prefix .. 'direct', id)
    put(id)
    count = count + 1
    ids[count] = id
  end
end
if count > 0 then event('buffered', table.concat(ids, ' ')) end
return count
`)

// restoreScript brings a journalled transaction back into the buffer: the main database has lost it.
//
// KEYS: transaction. ARGV: prefix, id, payload, fingerprint, effects, accepted (ms), sequence, state of the journal
// (replicated or discarded), outcome and id that replaces it (of a discarded one; empty: none), number of id-map rows,
// their table and id, then its audit entries (JSON).
// Result: 1, or 0 when it is in the buffer already.
var restoreScript = moving(`
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
local id, discarded = ARGV[2], ARGV[8] == 'discarded'
local version = redis.call('INCR', prefix .. 'version')
redis.call('HSET', KEYS[1], 'payload', ARGV[3], 'fingerprint', ARGV[4], 'effects', ARGV[5], 'accepted', ARGV[6],
  'state', discarded and 'discarded' or 'buffered', 'sequence', ARGV[7], 'version', version)
if discarded then
  redis.call('HSET', KEYS[1], 'outcome', ARGV[9], 'replaced_by', ARGV[10])
  redis.call('ZADD', prefix .. 'discarded', ARGV[7], id)
end
enter(id, ARGV[5], version)
local rows = tonumber(ARGV[11])
for i = 1, rows do row(ARGV[10 + 2 * i], ARGV[11 + 2 * i], id, version) end
for i = 12 + 2 * rows, #ARGV do redis.call('RPUSH', prefix .. 'audit:' .. id, ARGV[i]) end
arrived(id)
put(id)
event('buffered', id)
return 1
`)

// discardScript takes a slice of stopped transactions out of sight. Each returns to the buffer as one that only writes
// its ledger row, so that it can never be applied later.
//
// KEYS: none. ARGV: prefix, audit entry (JSON), outcome (discarded or replaced), id that replaces it (empty: none), ids.
// Result: number of transactions discarded.
var discardScript = moving(`
local count, ids = 0, {}
for i = 5, #ARGV do
  local id = ARGV[i]
  local t = redis.call('HMGET', transaction(id), 'state', 'effects')
  local stopped = redis.call('ZSCORE', prefix .. 'parked', id) or redis.call('ZSCORE', prefix .. 'blocked', id)
    or redis.call('ZSCORE', prefix .. 'retrying', id)
  if t[2] and stopped then
    leave(id, t[1], t[2], redis.call('INCR', prefix .. 'version'))
    redis.call('HSET', transaction(id), 'state', 'discarded', 'outcome', ARGV[3], 'effects', '\n', 'replaced_by', ARGV[4])
    redis.call('RPUSH', prefix .. 'audit:' .. id, ARGV[2])
    unstop(id)
    redis.call('ZADD', prefix .. 'discarded', sequence(id), id)
    put(id)
    count = count + 1
    ids[count] = id
  end
end
if count > 0 then event('discarded', table.concat(ids, ' ')) end
return count
`)

// replaceScript lets a new transaction take the place of a stopped one: same sequence number, put right behind it.
//
// KEYS: transaction (new). ARGV: prefix, id (new), payload, fingerprint, effects, accepted (ms), id (old), audit entry
// (JSON), number of id-map rows, their table and id.
// Result: 1, 0 when the old one is not stopped (any more), -1 when the new id is known.
var replaceScript = moving(`
if redis.call('EXISTS', KEYS[1]) == 1 then return -1 end
local id, old = ARGV[2], ARGV[7]
local effects = redis.call('HGET', transaction(old), 'effects')
local stopped = redis.call('ZSCORE', prefix .. 'parked', old) or redis.call('ZSCORE', prefix .. 'retrying', old)
if not effects or not stopped then return 0 end
local version, seq = redis.call('INCR', prefix .. 'version'), sequence(old)
for _, r in ipairs(records(effects)) do
  local list = writers(r[1], r[2])
  local before = shown(r[1], r[2], list)
  for i, other in ipairs(list) do if other == old then list[i] = id end end
  keep(r[1], r[2], list, version)
  relist(r[1], r[2], before, nil)
end
redis.call('HSET', transaction(old), 'state', 'discarded', 'outcome', 'replaced', 'effects', '\n', 'replaced_by', id)
redis.call('HSET', KEYS[1], 'payload', ARGV[3], 'fingerprint', ARGV[4], 'effects', ARGV[5], 'accepted', ARGV[6],
  'state', 'buffered', 'sequence', seq, 'version', version, 'replaces', old)
for _, r in ipairs(records(effects)) do
  local list = writers(r[1], r[2])
  if not place(ARGV[5], r[1], r[2]) then
    list = without(list, id)
    keep(r[1], r[2], list, version)
  end
  relist(r[1], r[2], nil, shown(r[1], r[2], list))
end
for _, r in ipairs(records(ARGV[5])) do
  local list = writers(r[1], r[2])
  local present = false
  for _, other in ipairs(list) do if other == id then present = true end end
  if not present then
    local before = shown(r[1], r[2], list)
    list[#list + 1] = id
    keep(r[1], r[2], list, version)
    relist(r[1], r[2], before, shown(r[1], r[2], list))
  end
end
for i = 1, tonumber(ARGV[9]) do row(ARGV[8 + 2 * i], ARGV[9 + 2 * i], id, version) end
arrived(id)
redis.call('RPUSH', prefix .. 'audit:' .. old, ARGV[8])
redis.call('RPUSH', prefix .. 'audit:' .. id, ARGV[8])
unstop(old)
redis.call('ZADD', prefix .. 'discarded', seq, old)
put(id)
put(old)
event('discarded', old)
event('buffered', id)
return 1
`)

// sectionScript reads a slice of one of the places where transactions wait, oldest first, behind a spot in its order. All
// in one: what leaves between two questions would move what is counted by its rank.
//
// KEYS: buffer, or a sorted set. ARGV: prefix, "list" or "set", score and id behind which to begin, number of ids. The
// score of an id in the buffer is its sequence number.
// Result: the ids, each with its score.
var sectionScript = rueidis.NewLuaScriptReadOnly(luaOverlay + `
local list, score, id, count = ARGV[2] == 'list', tonumber(ARGV[3]), ARGV[4], tonumber(ARGV[5])
local low, high, behind, found = 0, 0, nil, {}
if list then
  high = redis.call('LLEN', KEYS[1])
  behind = function(rank) return sequence(redis.call('LINDEX', KEYS[1], -rank - 1)) > score end
else
  low, high = redis.call('ZCOUNT', KEYS[1], '-inf', '(' .. ARGV[3]), redis.call('ZCOUNT', KEYS[1], '-inf', ARGV[3])
  behind = function(rank) return redis.call('ZRANGE', KEYS[1], rank, rank)[1] > id end
end
while low < high do
  local middle = math.floor((low + high) / 2)
  if behind(middle) then high = middle else low = middle + 1 end
end
if not list then return redis.call('ZRANGE', KEYS[1], low, low + count - 1, 'WITHSCORES') end
local ids = redis.call('LRANGE', KEYS[1], -(low + count), -low - 1)
for i = #ids, 1, -1 do
  found[#found + 1] = ids[i]
  found[#found + 1] = string.format('%.0f', sequence(ids[i]))
end
return found
`)

// leaseScript takes or renews the lease, by the clock of Redis.
//
// KEYS: lease. ARGV: holder, milliseconds. Result: 1 when the caller holds it, else 0.
var leaseScript = rueidis.NewLuaScript(evenFull + `
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
`)

// noteScript sets fields of a hash for the holder of the lease.
//
// KEYS: hash, lease. ARGV: holder, then the fields and their values. Result: 1, or 0 when the lease has another holder.
var noteScript = rueidis.NewLuaScript(evenFull + `
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], unpack(ARGV, 2))
return 1
`)

// releaseScript gives the lease up.
//
// KEYS: lease. ARGV: holder. Result: 1 when the caller held it, else 0.
var releaseScript = rueidis.NewLuaScript(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
return 1
`)

// lookScript reads the overlay for one answer: of records by id, and of ranges of lists.
//
// KEYS: version. ARGV: prefix, number of records, their table and id, then for each range: table, number of lists, the
// lists, lexical minimum, maximum, "asc" or "desc", limit.
// Result: {version, cleaned, pending, records, ranges, transactions}; records: the overlay value of each, "" for none;
// ranges: for each the members in order; transactions: id, state, sequence, payload, failure of each that occurs.
var lookScript = rueidis.NewLuaScriptReadOnly(luaOverlay + `
local out, seen = {}, {}
local function include(id)
  if seen[id] then return end
  seen[id] = true
  local t = redis.call('HMGET', transaction(id), 'state', 'sequence', 'payload', 'failure')
  -- Rows of a bulk that was discarded are mapped until they are swept.
  if t[1] and t[1] ~= 'discarded' then
    out[#out + 1] = id
    for i = 1, 4 do out[#out + 1] = t[i] or '' end
  end
end
local function resolve(tbl, id)
  local value = redis.call('HGET', overlay(tbl), id)
  if not value then return '' end
  for _, tx in ipairs(split(string.sub(value, string.find(value, '|', 1, true) + 1), '[^ ]+')) do include(tx) end
  return value
end
local n, at, recs, ranges = tonumber(ARGV[2]), 3, {}, {}
for i = 1, n do
  recs[i] = resolve(ARGV[at], ARGV[at + 1])
  at = at + 2
end
while at <= #ARGV do
  local tbl, count = ARGV[at], tonumber(ARGV[at + 1])
  local low, high, order, limit = ARGV[at + 2 + count], ARGV[at + 3 + count], ARGV[at + 4 + count], tonumber(ARGV[at + 5 + count])
  local found, given = {}, 0
  for i = 1, count do
    local key = prefix .. 'index:' .. tbl .. ':' .. ARGV[at + 1 + i]
    local members
    if order == 'asc' then members = redis.call('ZRANGEBYLEX', key, low, high, 'LIMIT', 0, limit)
    else members = redis.call('ZREVRANGEBYLEX', key, high, low, 'LIMIT', 0, limit) end
    if #members > 0 then given = given + 1 end
    for _, member in ipairs(members) do found[#found + 1] = member end
  end
  if given > 1 then
    if order == 'asc' then table.sort(found) else table.sort(found, function(a, b) return a > b end) end
  end
  local cut = {}
  for i = 1, math.min(#found, limit) do
    cut[i] = found[i]
    local bulk = string.find(found[i], '@', 1, true)
    resolve(tbl, bulk and string.sub(found[i], bulk) or string.sub(found[i], -36))
  end
  ranges[#ranges + 1] = cut
  at = at + 6 + count
end
local pending = redis.call('LLEN', buffer)
for _, set in ipairs({'committed', 'direct', 'parked', 'blocked', 'retrying'}) do pending = pending + redis.call('ZCARD', prefix .. set) end
return {redis.call('GET', KEYS[1]) or '0', redis.call('GET', prefix .. 'cleaned') or '0', pending, recs, ranges, out}
`)
