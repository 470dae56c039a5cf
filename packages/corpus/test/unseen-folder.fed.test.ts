import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, jest, test } from '@jest/globals';
import { testServices } from '@trunkline/testing';
import { readCorpus } from '../src/folder/read-corpus.js';
import { playFolder } from '../src/play-folder.js';

jest.setTimeout(120_000);

const FOLDERS = new URL('./fixtures/', import.meta.url).pathname;

test('a folder that nobody has seen: odd names, few columns, and every file told apart', async () => {
  const { outcomes, text, exitStatus } = await playFolder(`${FOLDERS}unseen`, testServices());
  const seen = Object.fromEntries(outcomes.map(({ entry, verdict, rule, seen: words, faults }) => [entry.path, faults.length > 0 ? faults : verdict === 'understood' ? words : `${verdict}: ${rule}`]));
  expect(seen).toEqual({
    'mulberry/person.json': '@wren@mulberry.example locked bio field:1',
    'odd names/a note.json': 'public de image+alt tag:1 link',
    'mulberry/create.json': 'public warning',
    'mulberry/like.json': expect.stringContaining('my post:'),
    'mulberry/dislike.json': 'ignored: dislike',
    'mulberry/webfinger.json': '@wagtail@birds.example',
    'mulberry/host-meta.xml': 'host-meta, @found_by_host_meta@willow.example',
    'delete-of-another.json': 'ignored: foreign_object',
    'attack/upload.json': 'ignored: bad_type',
    'odd names/broken.json': 'ignored: bad_json',
    'odd names/deep.json': 'ignored: too_deep',
    'odd names/list.json': 'ignored: no_object',
    'odd names/of-another.json': 'ignored: host_mismatch',
    'odd names/recorded.json': '@tit@rowan.example',
  });
  expect(text).toContain('! INDEX.tsv has no column "server"');
  expect(text).toContain('does not name 6 files');
  expect(exitStatus).toBe(0);
});

test('a planted trace, a verb of nobody and a file that is not there end it with 1', async () => {
  const { outcomes, text, exitStatus } = await playFolder(`${FOLDERS}planted`, testServices());
  expect(exitStatus).toBe(1);
  const [follow, verb, gone] = outcomes;
  expect(follow?.faults.join('\n')).toMatch(/left a trace: social\.follows got/);
  expect([verb?.verdict, verb?.rule]).toEqual(['not understood', expect.stringContaining('unknown_type')]);
  expect([gone?.verdict, gone?.rule]).toEqual(['not understood', expect.stringContaining('not there')]);
  expect(text).toMatch(/all +0 +0 +3/);
});

test('what cannot be played is said in a sentence', () => {
  const folder = mkdtempSync(join(tmpdir(), 'corpus-'));
  try {
    expect(() => readCorpus(join(folder, 'nowhere'))).toThrow(/is no folder/);
    expect(() => readCorpus(folder)).toThrow(/has no INDEX.tsv/);
    writeFileSync(join(folder, 'INDEX.tsv'), 'path\tserver\n../outside.json\tx\n');
    expect(() => readCorpus(folder)).toThrow(/holds no document/);
    writeFileSync(join(folder, 'a.json'), '{}');
    expect(readCorpus(folder).complaints.join('\n')).toMatch(/"\.\.\/outside\.json" is no path within/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
