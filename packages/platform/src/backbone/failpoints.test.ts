import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bugFile, bugMark, failpointFile, Failpoints } from './failpoints.js';

let folder: string;
let deaths: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trunkline-failpoints-'));
  deaths = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

const process = (name: string): Failpoints => new Failpoints(folder, 'inbox', () => deaths.push(name));
const arm = (turns: number): void => writeFileSync(failpointFile(folder, 'inbox', 'before_commit'), String(turns));

test('not armed, nobody dies', () => {
  process('a').hit('before_commit');
  expect(deaths).toEqual([]);
});

test('armed, one process dies of it, after so many turns, once', () => {
  arm(2);
  const [a, b] = [process('a'), process('b')];
  for (let turn = 0; turn < 5; turn += 1) for (const each of [a, b]) each.hit('before_commit');
  expect(deaths).toEqual(['a']);
  expect(existsSync(failpointFile(folder, 'inbox', 'before_commit'))).toBe(false);
  arm(0);
  b.hit('before_commit');
  expect(deaths).toEqual(['a', 'b']);
});

test('another moment and another service pass', () => {
  arm(0);
  process('a').hit('after_effects_before_ack');
  new Failpoints(folder, 'outbox', () => deaths.push('outbox')).hit('before_commit');
  expect(deaths).toEqual([]);
});

test('a planted bug is met by what names it, while it is there', async () => {
  const inbox = process('a');
  await inbox.stumble(bugMark('crash'));
  expect(deaths).toEqual([]);
  writeFileSync(bugFile(folder, 'inbox'), '');
  await inbox.stumble('nothing special');
  await inbox.stumble(`{"content":"${bugMark('crash')}"}`);
  expect(deaths).toEqual(['a']);
  await expect(inbox.stumble(bugMark('throw'))).rejects.toThrow('a planted bug');
});

test('a port with a failpoint does what it did, and hits before or after', async () => {
  class Shelf {
    private readonly books: string[] = [];

    async put(book: string): Promise<number> {
      return this.books.push(book);
    }

    count(): number {
      return this.books.length;
    }
  }
  const inner = new Shelf();
  const shelf = process('a').around(inner, { put: { before: 'before_commit' } });
  expect([await shelf.put('one'), shelf.count()]).toEqual([1, 1]);
  arm(0);
  await shelf.put('two');
  expect(deaths).toEqual(['a']);
});
