import { expect, test } from '@jest/globals';
import { isTransient, type FetchFailure } from './fetch-failure.js';

test.each<[FetchFailure, boolean]>([
  [{ code: 'timeout' }, true],
  [{ code: 'network' }, true],
  [{ code: 'busy' }, true],
  [{ code: 'http_5xx', status: 503 }, true],
  [{ code: 'http_4xx', status: 429 }, true],
  [{ code: 'http_4xx', status: 401 }, false],
  [{ code: 'gone', status: 410 }, false],
  [{ code: 'blocked_address' }, false],
  [{ code: 'id_mismatch' }, false],
])('%p may pass: %p', (failure, expected) => {
  expect(isTransient(failure)).toBe(expected);
});
