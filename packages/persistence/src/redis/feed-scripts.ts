/*
 * A home feed is a list of `statusId:authorId:boostOfId`. Its last entry tells that it exists: `0:0:0` is
 * complete, `0:0:1` is being filled. A key of another type (somebody else's, or damage) is dropped and counts as
 * missing: feeds are rebuilt from Postgres.
 */
export const COMPLETE = '0:0:0';
const FILLING = '0:0:1';

/** KEYS feeds; ARGV entry, cap, slack, how many of the newest to compare. Returns how many took it; no feed takes none. */
const push = `
local taken = 0
for i = 1, #KEYS do
  local at = redis.pcall('LPOS', KEYS[i], ARGV[1], 'MAXLEN', ARGV[4])
  if type(at) == 'table' and at.err then
    redis.call('DEL', KEYS[i])
  elseif not at then
    local length = redis.call('LPUSHX', KEYS[i], ARGV[1])
    if length > 0 then taken = taken + 1 end
    if length > tonumber(ARGV[2]) + tonumber(ARGV[3]) then
      redis.call('LTRIM', KEYS[i], 0, tonumber(ARGV[2]) - 1)
    end
  end
end
return taken`;

/** KEYS feeds. Returns 1 or 0 for each. */
const existing = `
local found = {}
for i = 1, #KEYS do found[i] = redis.call('EXISTS', KEYS[i]) end
return found`;

/**
 * KEYS feed; ARGV cap, ttl seconds, 1 to mark it complete, then entries. Adds what is missing and writes the list
 * anew, newest id first. Does nothing when there is no feed.
 */
const rewrite = `
local key, cap = KEYS[1], tonumber(ARGV[1])
if redis.call('EXISTS', key) == 0 then return 0 end
local old = redis.pcall('LRANGE', key, 0, -1)
if old.err then redis.call('DEL', key) return 0 end
local mark, seen, all = '${COMPLETE}', {}, {}
for i = 1, #old + #ARGV - 3 do
  local entry = i <= #old and old[i] or ARGV[3 + i - #old]
  if entry == '${FILLING}' then
    mark = '${FILLING}'
  elseif entry ~= '${COMPLETE}' and not seen[entry] then
    seen[entry] = true
    all[#all + 1] = entry
  end
end
if ARGV[3] == '1' then mark = '${COMPLETE}' end
table.sort(all, function(a, b)
  local x, y = string.match(a, '^%d+'), string.match(b, '^%d+')
  if #x ~= #y then return #x > #y end
  return x > y
end)
redis.call('DEL', key)
for from = 1, math.min(#all, cap), 500 do
  redis.call('RPUSH', key, unpack(all, from, math.min(from + 499, #all, cap)))
end
redis.call('RPUSH', key, mark)
redis.call('EXPIRE', key, ARGV[2])
return 1`;

/** KEYS feeds; ARGV 'status' or 'author', then ids. Takes entries out. */
const remove = `
local wanted, pattern = {}, '^(%d+):'
if ARGV[1] == 'author' then pattern = '^%d+:(%d+):' end
for i = 2, #ARGV do wanted[ARGV[i]] = true end
for i = 1, #KEYS do
  local list = redis.pcall('LRANGE', KEYS[i], 0, -1)
  if list.err then
    redis.call('DEL', KEYS[i])
  else
    for _, entry in ipairs(list) do
      local id = string.match(entry, pattern)
      if id and id ~= '0' and wanted[id] then redis.call('LREM', KEYS[i], 0, entry) end
    end
  end
end
return 0`;

/** KEYS feed; ARGV ttl. Returns the entries, or nothing for a missing, filling or damaged feed. */
const read = `
local list = redis.pcall('LRANGE', KEYS[1], 0, -1)
if list.err then redis.call('DEL', KEYS[1]) return {} end
if list[#list] == '${FILLING}' then return {} end
if #list > 0 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end
return list`;

/** KEYS feed; ARGV ttl. */
const open = `
local kind = redis.call('TYPE', KEYS[1]).ok
if kind ~= 'list' and kind ~= 'none' then redis.call('DEL', KEYS[1]) end
if redis.call('EXISTS', KEYS[1]) == 0 then redis.call('RPUSH', KEYS[1], '${FILLING}') end
redis.call('EXPIRE', KEYS[1], ARGV[1])
return 1`;

/** KEYS counter; ARGV window seconds. Returns the count and the milliseconds left. */
const countHit = `
local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end
return count`;

export const FEED_SCRIPTS = { push, existing, rewrite, remove, read, open, countHit } as const;
