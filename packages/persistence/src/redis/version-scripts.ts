/** KEYS versions; ARGV token, ttl seconds. Whatever type a key had, it is a token afterwards. */
const announce = `
for i = 1, #KEYS do redis.call('SET', KEYS[i], ARGV[1], 'EX', ARGV[2]) end
return #KEYS`;

export const VERSION_SCRIPTS = { announce } as const;
