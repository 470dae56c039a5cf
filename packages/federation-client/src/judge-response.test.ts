import { expect, test } from '@jest/globals';
import { judgeResponse, retryAfterMsOf } from './judge-response.js';

const NOW = Date.parse('2026-01-01T00:00:00Z');

test.each([
  [200, 'delivered', 'accepted'],
  [202, 'delivered', 'accepted'],
  [204, 'delivered', 'accepted'],
  [301, 'retry', 'redirected'],
  [308, 'retry', 'redirected'],
  // Lemmy answers 400 to any failure.
  [400, 'refused', 'http_4xx'],
  [401, 'retry', 'unauthorized'],
  [403, 'refused', 'http_4xx'],
  [404, 'refused', 'http_4xx'],
  [406, 'refused', 'http_4xx'],
  [408, 'retry', 'http_4xx'],
  [410, 'gone', 'gone'],
  [413, 'refused', 'http_4xx'],
  [422, 'refused', 'http_4xx'],
  [425, 'retry', 'http_4xx'],
  [429, 'retry', 'throttled'],
  [500, 'retry', 'http_5xx'],
  [501, 'refused', 'http_5xx'],
  [502, 'retry', 'http_5xx'],
  [503, 'retry', 'http_5xx'],
  [504, 'retry', 'http_5xx'],
  [522, 'retry', 'http_5xx'],
])('%i: %s (%s)', (status, kind, reason) => {
  expect(judgeResponse(status, undefined, NOW)).toEqual({ kind, reason, status });
});

test.each([429, 503])('%i with Retry-After pauses the host', (status) => {
  expect(judgeResponse(status, '120', NOW)).toMatchObject({ kind: 'pause', status, retryAfterMs: 120_000 });
});

test('Retry-After of another answer is not heeded', () => {
  expect(judgeResponse(500, '120', NOW).kind).toBe('retry');
});

test.each([
  ['120', 120_000],
  [' 5 ', 5_000],
  ['0', 1_000],
  ['9999999999', 21_600_000],
  ['Thu, 01 Jan 2026 00:01:00 GMT', 60_000],
  ['Wed, 31 Dec 2025 23:59:00 GMT', 1_000],
  ['Thu, 01 Jan 2099 00:00:00 GMT', 21_600_000],
  ['-1', null],
  ['1e3', null],
  ['soon', null],
  ['', null],
  [undefined, null],
])('Retry-After %p', (header, expected) => {
  expect(retryAfterMsOf(header, NOW)).toBe(expected);
});
