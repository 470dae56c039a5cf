import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
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
    'mulberry/group-event.json': 'public link',
    'mulberry/poll-comment.json': 'public poll:2+ votes:0/0',
    'mulberry/returned.json': 'is there again',
    'mulberry/origin-person.json': '@dove@hazel.example no name',
    'mulberry/soft-deletion.json': 'post is gone',
    'delete-of-another.json': 'ignored: foreign_object',
    'mulberry/group-profile.json': '@birds@hedge.example group bio',
    'mulberry/to-whom-the-activity-says.json': 'public',
    'mulberry/prefixed-react.json': expect.stringContaining('my post:'),
    'mulberry/paper.json': 'public unknown',
    'mulberry/untyped.json': 'ignored: missing_type',
    'mulberry/boosts-themselves.json': 'ignored: no_post',
    'mulberry/undo-edit.json': 'ignored: undone_type',
    'mulberry/keywords.json': 'ignored: json_ld_form',
    'attack/accept-for-another.json': 'ignored: unknown_actor',
    'attack/announce-invented.json': 'ignored: object_not_found',
    'attack/delete-of-neighbour.json': 'ignored: foreign_author',
    'attack/move-another.json': 'ignored: not_agreed',
    'attack/script.json': 'ignored: own_word',
    'attack/upload.json': 'ignored: bad_type',
    'odd names/broken.json': 'ignored: bad_json',
    'odd names/deep.json': 'ignored: too_deep',
    'odd names/list.json': 'ignored: no_object',
    'odd names/of-another.json': 'ignored: host_mismatch',
    'odd names/recorded.json': '@tit@rowan.example',
  });
  expect(text).toContain('! INDEX.tsv has no column "server"');
  expect(text).toContain('does not name 11 files');
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
    expect(() => readCorpus(join(folder, 'nowhere'))).toThrow(/is not there/);
    expect(() => readCorpus(folder)).toThrow(/holds no document/);
    writeFileSync(join(folder, 'INDEX.tsv'), 'path\tserver\n../outside.json\tx\n');
    expect(() => readCorpus(folder)).toThrow(/holds no document/);
    writeFileSync(join(folder, 'a.json'), '{}');
    expect(readCorpus(folder).complaints.join('\n')).toMatch(/"\.\.\/outside\.json" is no path within/);
    expect(() => readCorpus(join(folder, 'a.json'))).toThrow(/is no folder/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a folder without an INDEX.tsv, with sub-folders, packed files, other encodings and endings, is read all the same', () => {
  const folder = mkdtempSync(join(tmpdir(), 'corpus-'));
  try {
    mkdirSync(join(folder, 'plum', 'old', '.hidden'), { recursive: true });
    mkdirSync(join(folder, 'finch', 'attacks'), { recursive: true });
    writeFileSync(join(folder, 'plum', 'old', 'a.jsonld'), '\uFEFF{"a":1}');
    writeFileSync(join(folder, 'plum', 'b.json.gz'), gzipSync('{"b":2}'));
    writeFileSync(join(folder, 'plum', 'c.txt'), Buffer.from('\uFEFF{"c":3}', 'utf16le'));
    writeFileSync(join(folder, 'plum', 'old', '.hidden', 'd.json'), '{}');
    writeFileSync(join(folder, 'finch', 'attacks', 'e.jrd'), '');
    const { entries, complaints } = readCorpus(folder);
    expect(entries.map(({ path, server, isAttack, text }) => [path, server, isAttack, text])).toEqual([
      ['finch/attacks/e.jrd', 'finch', true, ''],
      ['plum/b.json.gz', 'plum', false, '{"b":2}'],
      ['plum/c.txt', 'plum', false, '{"c":3}'],
      ['plum/old/a.jsonld', 'plum', false, '{"a":1}'],
    ]);
    expect(complaints).toEqual([expect.stringContaining('has no INDEX.tsv')]);
    writeFileSync(join(folder, 'index.tsv'), '\uFEFFNotes\tSoftware\tFile\r\nATTACK by name\tPlum 2\tplum\\b.json.gz\r\n');
    const again = readCorpus(folder);
    expect(again.entries[0]).toMatchObject({ path: 'plum/b.json.gz', server: 'Plum 2', isAttack: true });
    expect(again.entries).toHaveLength(4);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('what lies in a folder and is no document of it: links, folders in the place of files, bytes, commas for tabs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'corpus-'));
  try {
    mkdirSync(join(folder, 'plum', 'c.json'), { recursive: true });
    writeFileSync(join(folder, 'plum', 'a.json'), '{"a":1}');
    writeFileSync(join(folder, 'plum', 'picture.json'), Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x00, 0xff]));
    symlinkSync('a.json', join(folder, 'plum', 'b.json'));
    symlinkSync('nowhere.json', join(folder, 'plum', 'dangling.json'));
    symlinkSync('..', join(folder, 'plum', 'up'));
    writeFileSync(join(folder, 'INDEX.tsv'), 'server,"path",note\nPlum,plum/a.json,"one, and two"\nPlum,plum/c.json,\nPlum,plum/gone.json,\n');
    const { entries, complaints } = readCorpus(folder);
    expect(entries.map(({ path, server, note, text, trouble }) => [path, server, note, text?.slice(0, 7) ?? trouble])).toEqual([
      ['plum/a.json', 'Plum', 'one, and two', '{"a":1}'],
      ['plum/c.json', 'Plum', '', 'it is no file'],
      ['plum/gone.json', 'Plum', '', expect.stringContaining('not there')],
      ['plum/b.json', 'plum', '', '{"a":1}'],
      ['plum/picture.json', 'plum', '', expect.stringContaining('PNG')],
    ]);
    expect(complaints).toEqual([
      expect.stringMatching(/^2 links lead to no file.*plum\/dangling\.json, plum\/up/),
      expect.stringContaining('has no tabs'),
      expect.stringContaining('has no column "type"'),
      expect.stringContaining('does not name 2 files'),
      expect.stringContaining('names 1 files that are not there: plum/gone.json'),
    ]);
    rmSync(join(folder, 'INDEX.tsv'));
    mkdirSync(join(folder, 'INDEX.tsv'));
    expect(readCorpus(folder).complaints.join()).toContain('INDEX.tsv: it is no file');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
