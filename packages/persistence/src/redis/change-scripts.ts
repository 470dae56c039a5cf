/*
 * The log of changes is a list of names, the newest last, and a head: a hash of its epoch `e` and of how many names
 * were ever told, `n`. A key of another type (somebody else's, or damage) is dropped: with a new epoch all readers
 * start anew.
 */
const begin = `
local function begin(fresh)
  redis.call('DEL', KEYS[1], KEYS[2])
  redis.call('HSET', KEYS[1], 'e', fresh, 'n', 0)
end
local head = redis.pcall('HMGET', KEYS[1], 'e', 'n')
local kind = redis.call('TYPE', KEYS[2]).ok
if head.err or not head[1] or not tonumber(head[2]) or (kind ~= 'list' and kind ~= 'none') then
  begin(ARGV[1])
  head = { ARGV[1], '0' }
end`;

/** KEYS head, log; ARGV an epoch for a new log, how many names to hold, names. */
const tell = `${begin}
redis.call('RPUSH', KEYS[2], unpack(ARGV, 3))
redis.call('LTRIM', KEYS[2], -ARGV[2], -1)
return redis.call('HINCRBY', KEYS[1], 'n', #ARGV - 2)`;

/** KEYS head, log; ARGV an epoch for a new log, the epoch and count known. Returns epoch, count, and names unless they are lost. */
const since = `${begin}
local count, known = tonumber(head[2]), tonumber(ARGV[3])
if head[1] ~= ARGV[2] or count < known then return { head[1], count } end
if count == known then return { head[1], count, {} } end
if count - known > redis.call('LLEN', KEYS[2]) then return { head[1], count } end
return { head[1], count, redis.call('LRANGE', KEYS[2], known - count, -1) }`;

/** KEYS head, log; ARGV an epoch: readers believe nothing that they kept. */
const renew = `
redis.call('DEL', KEYS[1], KEYS[2])
redis.call('HSET', KEYS[1], 'e', ARGV[1], 'n', 0)
return 1`;

export const CHANGE_SCRIPTS = { tell, since, renew } as const;
