import { expect, test } from '@jest/globals';
import { readOptions } from './options.js';

test('without names everything short is run, three rounds each', () => {
  const options = readOptions([]);
  expect(options.names).toEqual(['receive', 'apply', 'fan-out', 'deliver', 'deliver-dead-hosts', 'home-read', 'reads-under-fan-out']);
  expect(options).toMatchObject({ rounds: 3, quick: false, minutes: 10, share: 0.25, picturePath: null });
});

test('names, sizes and files are taken as given', () => {
  const options = readOptions(['soak', 'apply', '--quick', '--minutes', '2.5', '--picture', 'a.svg', '--compare', 'b.json']);
  expect(options).toMatchObject({ names: ['soak', 'apply'], rounds: 1, minutes: 2.5, picturePath: 'a.svg', compareWith: 'b.json' });
});

test.each([[['stampede']], [['--rounds', '0']], [['--minutes', 'x']], [['--share', '2']]])('%j is refused in words', (args) => {
  expect(() => readOptions(args)).toThrow('npm run bench -- [');
});
