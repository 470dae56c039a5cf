export { AppError, forbidden, notFound, unavailable, unprocessable } from './errors.js';
export { CHEAP_JSON_BYTES, JSON_LIMITS, tooMuchJson } from './json-cost.js';
export { fail, ok, type Failure, type Result } from './result.js';
export { nowDate, type Clock } from './clock.js';
export {
  compareIds,
  firstIdAt,
  idTimeMs,
  isSnowflake,
  newestFirst,
  snowflake,
  SnowflakeGenerator,
  WORKERS_MAX,
  type AccountId,
  type Snowflake,
  type StatusId,
} from './snowflake.js';
