import { inflateSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { favicon, missingAvatar, missingHeader } from './default-pictures.js';
import { png } from './png.js';

test('a picture has its signature, its size and a row of filter and pixels for each line', () => {
  const bytes = png(2, 1, (x) => [x, 128, 255]);
  expect(bytes.subarray(1, 4).toString()).toBe('PNG');
  expect([bytes.readUInt32BE(16), bytes.readUInt32BE(20)]).toEqual([2, 1]);
  const length = bytes.readUInt32BE(33);
  expect([...inflateSync(bytes.subarray(41, 41 + length))]).toEqual([0, 0, 128, 255, 1, 128, 255]);
});

test('pictures are the same at every start, and small', () => {
  for (const make of [missingAvatar, missingHeader, favicon]) {
    expect(make().equals(make())).toBe(true);
    expect(make().length).toBeLessThan(16_384);
  }
  expect([...favicon().subarray(0, 6)]).toEqual([0, 0, 1, 0, 1, 0]);
});
