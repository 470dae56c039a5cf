export { Redis, RedisUnavailable, type RedisOptions } from './connect-redis.js';
export { RedisCache } from './cache.js';
export { RedisHomeFeeds } from './home-feeds.js';
export { RedisRateCounter } from './rate-counter.js';
export { RedisChangeLog } from './change-log.js';
