import { expect, test } from '@jest/globals';
import { headersFor } from './media-type.js';

test.each([
  ['media/1/original.png', 'image/png', 'inline'],
  ['media/1/original.mp4', 'video/mp4', 'inline'],
  // Both could carry a script into our origin.
  ['media/1/original.svg', 'application/octet-stream', 'attachment'],
  ['media/1/page.html', 'application/octet-stream', 'attachment'],
  ['media/png', 'application/octet-stream', 'attachment'],
  ['media/x.constructor', 'application/octet-stream', 'attachment'],
])('%s is sent as %s, %s', (key, type, disposition) => {
  expect(headersFor(key)).toEqual({ type, disposition });
});
