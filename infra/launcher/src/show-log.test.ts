import { expect, test } from '@jest/globals';
import { shorten } from './show-log.ts';

test.each([
  ['{"level":30,"time":1,"msg":"listening","port":3000}', 'info listening {"port":3000}'],
  ['{"level":"warn","msg":"slow"}', 'warn slow'],
  ['{"level":20,"msg":"detail"}', undefined],
  ['plain text', 'plain text'],
  ['{not json', '{not json'],
])('%s is shown as %s', (line, shown) => {
  expect(shorten(line)).toBe(shown);
});
