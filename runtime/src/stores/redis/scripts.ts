import { createHash } from "node:crypto";

/** A Lua script: one round trip, and nothing changes between its reads and its writes. */
export interface Script {
  readonly source: string;
  readonly sha: string;
  /** The same for Redis before 7, which has no script flags. */
  readonly plain?: Script;
}

/** Of a command of Redis. */
export type Argument = string | Buffer;

/** A script with its keys and arguments. */
export interface ScriptCall {
  readonly script: Script;
  readonly keys: readonly string[];
  readonly args: readonly Argument[];
}

function script(source: string): Script {
  return { source, sha: createHash("sha1").update(source).digest("hex") };
}

/** Also runs when memory is full: what it writes is small, and losing it would be worse. */
function evenWhenFull(source: string): Script {
  return { ...script(`#!lua flags=allow-oom\n${source}`), plain: script(source) };
}

const NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local function text(number) return string.format('%.0f', number) end
`;

const RENEW = `
local function renew(key, ttl)
  local left = redis.call('PTTL', key)
  if left >= 0 and left < tonumber(ttl) / 2 then redis.pcall('PEXPIRE', key, ttl) end
end
`;

/** Parts of an entry's header, by the layout of entry.ts. */
const HEADER = `
local function header(entry)
  if not entry or string.sub(entry, 1, 4) ~= 'NSC1' then return nil end
  local length = tonumber(string.sub(entry, 53, 58)) or 0
  return {
    asOf = tonumber(string.sub(entry, 5, 20)) or 0,
    staleAt = tonumber(string.sub(entry, 21, 36)) or 0,
    storedAt = tonumber(string.sub(entry, 37, 52)) or 0,
    tags = string.sub(entry, 59, 58 + length),
  }
end
local function versionsOf(prefix, ...)
  local tags, seen, found = {}, {}, {}
  for _, joined in ipairs({ ... }) do
    for tag in string.gmatch(joined, '[^%z]+') do
      if not seen[tag] then
        seen[tag] = true
        tags[#tags + 1] = tag
      end
    end
  end
  for from = 1, #tags, 500 do
    local keys = {}
    for i = from, math.min(from + 499, #tags) do keys[#keys + 1] = prefix .. tags[i] end
    for i, version in ipairs(redis.call('MGET', unpack(keys))) do
      if version then found[#found + 1] = { tags[from + i - 1], version } end
    end
  end
  return found
end
local function judge(asOf, versions, now)
  local result = 'fresh'
  for _, item in ipairs(versions) do
    local stale, expired, expireAt = string.match(item[2], '^(%d+) (%d+) (%d+)$')
    stale, expired, expireAt = tonumber(stale) or 0, tonumber(expired) or 0, tonumber(expireAt) or 0
    if expired >= asOf then return 'expired' end
    if stale >= asOf then
      if expireAt > 0 and expireAt <= now then return 'expired' end
      result = 'stale'
    end
  end
  return result
end
`;

/**
 * Entry, tag versions and the server's time in one round trip. The first to see an entry stale or missing gets the
 * lease to make it; the others use what is there, or wait for it. KEYS entry, lease, control, superseded ARGV tag
 * prefix, further tags, asOf and staleAt of a prerendered page, leases in ms for a stale and for
 *      a missing entry (0: none wanted), member of superseded, time to live in ms, who asks
 */
export const READ = script(`${NOW}${HEADER}${RENEW}
local control = redis.call('HMGET', KEYS[3], 'lineage', 'floor')
local floor = tonumber(control[2] or '0')
local entry = redis.call('GET', KEYS[1])
local head = header(entry)
local superseded = 0
if not entry and ARGV[7] ~= '' then superseded = redis.call('SISMEMBER', KEYS[4], ARGV[7]) end
if entry then renew(KEYS[1], ARGV[8]) end
local versions = versionsOf(ARGV[1], head and head.tags or '', ARGV[2])
local state = 'expired'
local asOf, staleAt = 0, 0
if head and head.asOf >= floor then
  asOf, staleAt = head.asOf, head.staleAt
elseif not entry and superseded == 0 and ARGV[3] ~= '' and tonumber(ARGV[3]) >= floor then
  asOf, staleAt = tonumber(ARGV[3]), tonumber(ARGV[4])
end
if asOf > 0 then state = judge(asOf, versions, now) end
if state == 'fresh' and staleAt > 0 and staleAt <= now then state = 'stale' end
local leased = 0
local lease = (state == 'stale' and ARGV[5]) or (state == 'expired' and ARGV[6]) or '0'
if lease ~= '0' then
  -- a promoted replica may hold leases that nobody will end: a new floor begins without any
  local key = KEYS[2] .. ':' .. (control[2] or '0')
  local taken = redis.pcall('SET', key, ARGV[9], 'NX', 'PX', lease)
  if type(taken) == 'table' or redis.call('GET', key) == ARGV[9] then leased = 1 end
end
local flat = {}
for _, item in ipairs(versions) do
  flat[#flat + 1] = item[1]
  flat[#flat + 1] = item[2]
end
return { text(now), control[1] or '', control[2] or '0', leased, superseded, entry, flat }
`);

/**
 * What READ says of the server: its time, and whose data it has. To Redis the entry is read: not the next to evict, and not
 * to expire. KEYS control, entry ARGV time to live in ms
 */
export const PROVE = script(`${NOW}${RENEW}
redis.call('TOUCH', KEYS[2])
renew(KEYS[2], ARGV[1])
return { text(now), redis.call('HGET', KEYS[1], 'lineage') or '' }
`);

/**
 * Stores an entry, unless a newer one is there, or one that is as good: stored after this one's rendering began, and
 * shown to visitors since. Answers with 1 or 0, and in how many ms to write it to the shared folder: 0 unless it was
 * written there recently. KEYS entry, lease, superseded, control, written, owed ARGV entry, asOf, time to live in ms,
 * member of superseded, tag prefix, '1' to replace what is as good,
 *      ms between two writes to the folder, member of owed
 */
export const WRITE = script(`${NOW}${HEADER}
local asOf = tonumber(ARGV[2])
local floor = redis.call('HGET', KEYS[4], 'floor')
redis.call('DEL', KEYS[2] .. ':' .. (floor or '0'))
if floor and tonumber(floor) > asOf then return { 0, 0 } end
local head = header(redis.call('GET', KEYS[1]))
if head and (not floor or head.asOf >= tonumber(floor)) then
  if head.asOf > asOf then return { 0, 0 } end
  if head.storedAt > asOf and ARGV[6] ~= '1' and (head.staleAt == 0 or head.staleAt > now)
    and judge(head.asOf, versionsOf(ARGV[5], head.tags), now) == 'fresh' then return { 0, 0 } end
end
if ARGV[4] ~= '' then redis.call('SADD', KEYS[3], ARGV[4]) end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[3])
if ARGV[7] == '0' then return { 1, 0 } end
local first = redis.pcall('SET', KEYS[5], '1', 'NX', 'PX', ARGV[7])
if type(first) == 'table' then
  redis.call('ZREM', KEYS[6], ARGV[8])
  return { 1, 0 }
end
local wait = math.max(1, redis.call('PTTL', KEYS[5]))
redis.call('ZADD', KEYS[6], 'NX', text(now / 1000 + wait), ARGV[8])
return { 1, wait }
`);

/**
 * Whether to write an entry to the shared folder now: not if Redis has a newer one, which is due separately. KEYS
 * entry, written, owed; ARGV asOf, ms between two writes, member of owed
 */
export const CLAIM = evenWhenFull(`
local there = tonumber(redis.call('GETRANGE', KEYS[1], 4, 19))
if there and there > tonumber(ARGV[1]) then return 0 end
redis.call('ZREM', KEYS[3], ARGV[3])
redis.call('SET', KEYS[2], '1', 'PX', ARGV[2])
return 1
`);

/**
 * Takes over entries that somebody should have written to the shared folder some time ago.
 * KEYS owed; ARGV ms beyond their time, prefix of entries, prefix of written, ms between two writes, how many
 */
export const OVERDUE = evenWhenFull(`${NOW}
local found = {}
local limit = text(now / 1000 - tonumber(ARGV[1]))
for _, member in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', limit, 'LIMIT', 0, ARGV[5])) do
  redis.call('ZREM', KEYS[1], member)
  local entry = redis.call('GET', ARGV[2] .. member)
  if entry then
    redis.call('SET', ARGV[3] .. member, '1', 'PX', ARGV[4])
    found[#found + 1] = member
    found[#found + 1] = entry
  end
end
return found
`);

/**
 * Moves the versions of tags. ARGV tag prefix, "now" | "never" | seconds until expiry, tags
 */
export const REVALIDATE = evenWhenFull(`${NOW}
for tag in string.gmatch(ARGV[3], '[^%z]+') do
  local stale, expired, expireAt = string.match(redis.call('GET', ARGV[1] .. tag) or '', '^(%d+) (%d+) (%d+)$')
  stale, expired, expireAt = tonumber(stale) or 0, tonumber(expired) or 0, tonumber(expireAt) or 0
  if ARGV[2] == 'now' then
    expired = math.max(now, expired)
  else
    stale = math.max(now, stale)
    expireAt = 0
    local seconds = tonumber(ARGV[2])
    if seconds and seconds < 1e9 then expireAt = now + math.floor(seconds * 1000000) end
  end
  redis.call('SET', ARGV[1] .. tag, text(stale) .. ' ' .. text(expired) .. ' ' .. text(expireAt))
end
return text(now)
`);

/** Nothing older is trusted any more. KEYS control; ARGV the time */
export const DISTRUST = evenWhenFull(`
redis.call('HSET', KEYS[1], 'floor', ARGV[1])
return 1
`);

/**
 * Identifies this server. If data may have been lost (another server process, another lineage), the floor moves to now:
 * what was made before is no longer trusted. KEYS control, releases; ARGV server's run id, lineage known to the caller,
 * a new lineage, release, prefix of the releases' keys, microseconds after which a release's marks are forgotten,
 * prefix of owed
 */
export const HANDSHAKE = evenWhenFull(`${NOW}
local control = redis.call('HMGET', KEYS[1], 'lineage', 'floor', 'run', 'previous')
local lineage, floor, run, previous = control[1], tonumber(control[2] or '0'), control[3], control[4]
local cause = ''
if not lineage then
  lineage, previous = ARGV[3], ARGV[2]
  if ARGV[2] ~= '' then
    floor = now
    cause = 'empty'
  end
elseif ARGV[2] ~= '' and ARGV[2] ~= lineage and ARGV[2] ~= previous then
  floor, previous = now, ARGV[2]
  cause = 'replaced'
elseif run ~= ARGV[1] then
  floor = now
  cause = 'server'
end
redis.call('HSET', KEYS[1], 'lineage', lineage, 'floor', text(floor), 'run', ARGV[1], 'previous', previous or '')
redis.call('ZADD', KEYS[2], now, ARGV[4])
local limit = text(now - tonumber(ARGV[6]))
for _, old in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', limit)) do
  redis.call('DEL', ARGV[5] .. old .. ':superseded', ARGV[7] .. old)
  redis.call('ZREM', KEYS[2], old)
end
return { text(now), lineage, text(floor), cause }
`);

/**
 * Removes an entry that could not be replaced because memory is full, and keeps its prerendered page from coming back.
 * KEYS entry, superseded; ARGV member of superseded
 */
export const DROP = evenWhenFull(`
redis.call('DEL', KEYS[1])
if ARGV[1] ~= '' then redis.call('SADD', KEYS[2], ARGV[1]) end
return 1
`);
