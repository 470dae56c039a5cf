import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import { testServices } from '@trunkline/testing';
import { playFolder, type Played } from '../src/play-folder.js';
import { RULES } from '../src/plays/rules.js';
import { EXPECTED_A_TO_H } from './expected/a-h.js';
import { EXPECTED_I_TO_M } from './expected/i-m.js';
import { EXPECTED_N_TO_Z } from './expected/n-z.js';

jest.setTimeout(300_000);

// Documents captured from other servers are not ours to copy: TRUNKLINE_REFERENCE names a folder that holds them.
const folder = join(process.env['TRUNKLINE_REFERENCE'] ?? '/nonexistent', 'fixtures');
const present = existsSync(folder);

/** By path, without its ending. */
const EXPECTED = new Map(Object.entries({ ...EXPECTED_A_TO_H, ...EXPECTED_I_TO_M, ...EXPECTED_N_TO_Z }).flatMap(([server, files]) => Object.entries(files).map(([name, said]): [string, string] => [`${server}/${name}`, said])));
const plain = (path: string): string => path.replace(/\.json$/, '');

if (!present) {
  test('the reference corpus is absent: set TRUNKLINE_REFERENCE to play documents of other servers', () => {
    console.warn('NOT CHECKED: what a whole server makes of the documents of 60 kinds of server. Set TRUNKLINE_REFERENCE to the folder that holds fixtures.');
    expect(present).toBe(false);
  });
} else {
  let played: Played;
  let said: ReadonlyMap<string, string>;
  beforeAll(async () => {
    played = await playFolder(folder, testServices());
    said = new Map(played.outcomes.map(({ entry, verdict, rule, seen }) => [plain(entry.path), verdict === 'understood' ? seen : `${verdict}: ${rule}`]));
    // For whoever changes what becomes of a file: all of it, as the tables here say it.
    const out = process.env['CORPUS_OUT'];
    if (out !== undefined) writeFileSync(out, `${[...said].map(([path, words]) => `${path}\t${words}`).join('\n')}\n\n${played.text}\n`);
  });

  test('every file is played and expected, and nothing besides', () => {
    expect([...said.keys()].sort()).toEqual([...EXPECTED.keys()].sort());
  });

  test('none crashes the server, is answered 5xx, leaves half a row, or leaves a trace where it is an attack', () => {
    expect(played.outcomes.flatMap(({ entry, faults }) => faults.map((fault) => `${entry.path}: ${fault}`))).toEqual([]);
  });

  test('whatever is ignored is ignored by a rule that can be said in a sentence', () => {
    const rules = played.outcomes.flatMap(({ verdict, rule }) => (verdict === 'ignored' ? [rule ?? ''] : []));
    expect(rules.filter((rule) => RULES[rule] === undefined)).toEqual([]);
    expect(played.text).toMatch(/^server +understood +ignored on purpose +not understood$/m);
    expect([played.text.match(/^all .* (\d+)$/m)?.[1], played.exitStatus]).toEqual(['0', 0]);
  });

  describe('a client sees', () => {
    test.each([...EXPECTED])('of %s: %s', (path, words) => {
      expect(said.get(path)).toBe(words);
    });
  });
}
