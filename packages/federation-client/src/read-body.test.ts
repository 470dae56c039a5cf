import { Readable } from 'node:stream';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { readBody } from './read-body.js';

const text = Buffer.from('{"a":1}'.repeat(100));
const bomb = Buffer.alloc(4_000_000);

test.each([
  ['', text],
  ['identity', text],
  ['gzip', gzipSync(text)],
  ['GZIP', gzipSync(text)],
  ['deflate', deflateSync(text)],
  ['br', brotliCompressSync(text)],
])('encoding %p is read', async (encoding, bytes) => {
  const read = await readBody(Readable.from([bytes]), encoding, 1_000);
  expect(read).toEqual({ ok: true, value: text });
});

test.each([
  ['', bomb],
  ['gzip', gzipSync(bomb)],
  ['deflate', deflateSync(bomb)],
  ['br', brotliCompressSync(bomb)],
])('encoding %p beyond the cap is cut off', async (encoding, bytes) => {
  const source = Readable.from([bytes, bytes]);
  expect(await readBody(source, encoding, 100_000)).toMatchObject({ ok: false, error: { code: 'too_large' } });
  expect(source.destroyed).toBe(true);
});

test.each([
  ['gzip, gzip', gzipSync(gzipSync(text))],
  ['zstd', text],
  ['gzip', text],
  ['gzip', gzipSync(text).subarray(0, 20)],
  ['br', text],
])('encoding %p that is unknown, nested or broken is refused', async (encoding, bytes) => {
  const read = await readBody(Readable.from([bytes]), encoding, 10_000);
  expect(read).toMatchObject({ ok: false, error: { code: 'bad_type' } });
});
