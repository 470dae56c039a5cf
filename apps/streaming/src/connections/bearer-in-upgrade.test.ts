import { expect, test } from '@jest/globals';
import { bearerInUpgrade } from './bearer-in-upgrade.js';

test.each([
  ['the header', { authorization: 'Bearer abc' }, '', 'abc'],
  ['the query', {}, 'access_token=abc&stream=user', 'abc'],
  ['the protocol, as browsers do', { 'sec-websocket-protocol': 'abc-_1' }, '', 'abc-_1'],
  ['the first of several protocols', { 'sec-websocket-protocol': 'abc, other' }, '', 'abc'],
  ['the header before the others', { authorization: 'bearer one', 'sec-websocket-protocol': 'two' }, 'access_token=three', 'one'],
  ['nothing', {}, 'stream=user', null],
  ['an empty one', {}, 'access_token=', null],
  ['one that is too long', {}, `access_token=${'a'.repeat(513)}`, null],
  ['another kind of authorization', { authorization: 'Basic abc' }, '', null],
])('%s', (_what, headers, query, expected) => {
  expect(bearerInUpgrade(headers, new URLSearchParams(query))).toBe(expected);
});
