import { expect, test } from '@jest/globals';
import { isAddress, ownPage } from './search-by-address.js';

test.each([
  ['https://home.example/@alice', { handle: 'alice', statusId: null }],
  ['https://home.example/@alice/', { handle: 'alice', statusId: null }],
  ['https://home.example/@bob@away.example', { handle: 'bob@away.example', statusId: null }],
  ['https://home.example/@bob%40away.example/12', { handle: 'bob@away.example', statusId: '12' }],
  ['https://home.example/@alice/99999999999999999999', null],
  ['https://home.example/@alice/12/more', null],
  ['https://home.example/ap/users/1', null],
  ['https://home.example/', null],
])('%s', (address, page) => {
  expect(ownPage(new URL(address))).toEqual(page);
});

test.each([
  ['https://a.example/x', true],
  ['HTTP://a.example', true],
  ['https://a.example/x y', false],
  ['javascript:alert(1)', false],
  ['alice@a.example', false],
])('%s is an address: %s', (text, is) => {
  expect(isAddress(text)).toBe(is);
});
