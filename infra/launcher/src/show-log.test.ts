import { expect, test } from '@jest/globals';
import { shorten } from './show-log.ts';

test.each([
  ['{"level":30,"time":1,"msg":"listening","port":3000}', 'info listening {"port":3000}'],
  ['{"level":"warn","msg":"slow"}', 'warn slow'],
  ['{"level":20,"msg":"detail"}', undefined],
  ['{"level":30,"msg":"done","trace_id":"a","span_id":"b","count":2}', 'info done {"count":2}'],
  [
    '{"level":30,"msg":"request answered","event":"http_request","method":"GET","route":"/api/v1/statuses/:id","status":404,"duration_ms":6.7,"request_id":"c"}',
    'info GET /api/v1/statuses/:id 404 (6.7 ms)',
  ],
  ['plain text', 'plain text'],
  ['{not json', '{not json'],
])('%s is shown as %s', (line, shown) => {
  expect(shorten(line)).toBe(shown);
});
