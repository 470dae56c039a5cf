/*
 * A home feed is a list of status ids, which Redis packs as 64-bit integers, the last to arrive first. Negative
 * numbers among them are marks. The last one of the list tells that the feed exists: complete, or being filled; it goes
 * when the list is trimmed, when all that is left came since. `LATE` stands before an entry that came long
 * after its id was made: without it, the newest ids are among the last that came.
 *
 * The mark of a complete feed is a number of its own, new whenever something was filled in or taken out. So the print
 * of a list, its first entry, its length and its last, is that of the same list: between two equal ones nothing was
 * pushed (there would be more, or another first), trimmed (fifty go at a time, the last among them) or changed otherwise.
 * For another list to look like it, both its ends would have to be delivered again, 800 posts apart.
 * Beside it lie a counter of reasons to ask Postgres anew (`:stale`), and the lock of who is at it (`:lock`). A key of
 * another type (somebody else's, or damage) is dropped and counts as missing: feeds are rebuilt from Postgres.
 */
const FILLING = '-2';
export const LATE = '-3';

/** KEYS feeds; ARGV id, cap, slack, how many of the newest to compare (0: none), LATE or ''. Returns how many took it; no feed takes none. */
const push = `
local id, cap, most, window, late = ARGV[1], tonumber(ARGV[2]), ARGV[2] + ARGV[3], tonumber(ARGV[4]), ARGV[5] ~= ''
local taken = 0
for i = 1, #KEYS do
  local key = KEYS[i]
  local known = window > 0 and redis.pcall('LPOS', key, id, 'MAXLEN', window)
  if type(known) ~= 'number' then
    local length
    if late then length = redis.pcall('LPUSHX', key, '${LATE}', id) else length = redis.pcall('LPUSHX', key, id) end
    if type(length) ~= 'number' then
      redis.call('DEL', key)
    elseif length > 0 then
      taken = taken + 1
      if length > most then redis.call('LTRIM', key, 0, cap - 1) end
    end
  end
end
return taken`;

/** KEYS feeds; ARGV a new mark, then ids. Takes entries out; most of them stand near the head. */
const remove = `
for i = 1, #KEYS do
  local key, gone = KEYS[i], 0
  for j = 2, #ARGV do
    local count = redis.pcall('LREM', key, 1, ARGV[j])
    if type(count) ~= 'number' then redis.call('DEL', key) gone = 0 break end
    gone = gone + count
  end
  local last = gone > 0 and redis.call('LINDEX', key, -1)
  if last and last ~= '${FILLING}' then
    if string.sub(last, 1, 1) == '-' then redis.call('LSET', key, -1, ARGV[1]) else redis.call('RPUSH', key, ARGV[1]) end
  end
end
return 0`;

/**
 * KEYS feed, stale; ARGV ttl, how many of the newest, a print or ''. Nothing for a missing feed, 1 for a complete one of
 * that print, else { filling, stale, print, how many of the newest are told, those }. Where all that happened since the
 * print were pushes, only these are told: making a text of 140 entries costs ten times as much as all the rest.
 * Entries come as one text with commas: as an array they cost three times as much, here and at whoever reads them.
 */
const read = `
local length = redis.pcall('LLEN', KEYS[1])
if type(length) ~= 'number' then redis.call('DEL', KEYS[1]) return {} end
if length == 0 then return {} end
redis.call('EXPIRE', KEYS[1], ARGV[1])
local first, last = redis.call('LINDEX', KEYS[1], 0), redis.call('LINDEX', KEYS[1], -1)
local stale = redis.call('EXISTS', KEYS[2])
local filling = last == '${FILLING}' and 1 or 0
local most = tonumber(ARGV[2])
local knownFirst, knownLength, knownLast = string.match(ARGV[3], '^(%S+) (%S+) (%S+)$')
if knownLast == last and filling == 0 then
  local more = length - knownLength
  if more == 0 and knownFirst == first and stale == 0 then return 1 end
  if more > 0 and more < most and redis.call('LINDEX', KEYS[1], more) == knownFirst then most = more end
end
local print = first .. ' ' .. length .. ' ' .. last
return { filling, stale, print, most, table.concat(redis.call('LRANGE', KEYS[1], 0, most - 1), ',') }`;

/** KEYS feed, stale, lock; ARGV ttl, lock ms, token. Opens the feed where there is none. False: somebody else is at it; else the count of reasons. */
const claim = `
if not redis.call('SET', KEYS[3], ARGV[3], 'NX', 'PX', ARGV[2]) then return false end
local kind = redis.call('TYPE', KEYS[1]).ok
if kind ~= 'list' then
  if kind ~= 'none' then redis.call('DEL', KEYS[1]) end
  redis.call('RPUSH', KEYS[1], '${FILLING}')
  redis.call('EXPIRE', KEYS[1], ARGV[1])
end
return redis.call('GET', KEYS[2]) or '0'`;

/**
 * KEYS feed, stale, lock; ARGV cap, ttl, token, count of reasons, a new mark, then ids. Adds what is missing and writes
 * the list anew, newest id first, complete. Does nothing when there is no feed. What happened since the claim stays to be done.
 */
const fill = `
local key, cap = KEYS[1], tonumber(ARGV[1])
if redis.call('GET', KEYS[3]) == ARGV[3] then redis.call('DEL', KEYS[3]) end
if redis.call('EXISTS', key) == 0 then return 0 end
local old = redis.pcall('LRANGE', key, 0, -1)
if old.err then redis.call('DEL', key) return 0 end
local seen, all = {}, {}
for i = 1, #old + #ARGV - 5 do
  local entry = i <= #old and old[i] or ARGV[5 + i - #old]
  if string.sub(entry, 1, 1) ~= '-' and not seen[entry] then
    seen[entry] = true
    all[#all + 1] = entry
  end
end
table.sort(all, function(a, b)
  if #a ~= #b then return #a > #b end
  return a > b
end)
redis.call('DEL', key)
for from = 1, math.min(#all, cap), 500 do
  redis.call('RPUSH', key, unpack(all, from, math.min(from + 499, #all, cap)))
end
redis.call('RPUSH', key, ARGV[5])
redis.call('EXPIRE', key, ARGV[2])
if redis.call('GET', KEYS[2]) == ARGV[4] then redis.call('DEL', KEYS[2]) end
return 1`;

/** KEYS feed, stale; ARGV ttl. One reason more to ask Postgres, for a feed that exists. */
const renew = `
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
redis.call('INCR', KEYS[2])
redis.call('EXPIRE', KEYS[2], ARGV[1])
return 1`;

/** KEYS counter; ARGV window seconds, hits. Returns the count. */
const countHit = `
local count = redis.call('INCRBY', KEYS[1], ARGV[2])
if count == tonumber(ARGV[2]) then redis.call('EXPIRE', KEYS[1], ARGV[1]) end
return count`;

export const FEED_SCRIPTS = { push, remove, read, claim, fill, renew, countHit } as const;
