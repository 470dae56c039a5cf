import { expect, test } from '@jest/globals';
import { age, printable, table } from './terminal.js';

test('columns are as wide as their widest cell', () => {
  expect(table(['name', 'n'], [['alice', '1'], ['b', '200']])).toBe('name   n\nalice  1\nb      200\n');
});

test.each([[0, '-'], [0.2, '1 s'], [59, '59 s'], [90, '1 min'], [7_200, '2 h'], [200_000, '2 d']] as const)('%d seconds are %s', (seconds, text) => {
  expect(age(seconds)).toBe(text);
});

test('what a stranger wrote cannot drive the terminal', () => {
  expect(printable('a\u001b[2Jb\r\nc\u009bd')).toBe('a [2Jb c d');
});
