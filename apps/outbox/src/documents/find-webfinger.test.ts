import { expect, test } from '@jest/globals';
import type { Account } from '@trunkline/domain';
import { findWebfinger, type WebfingerPorts } from './find-webfinger.js';

const settings = { baseUrl: 'https://web.example', localDomain: 'here.example', webDomain: 'web.example', federationHttpHosts: [] };
const ann = { id: '7', username: 'ann', domain: null, uri: 'https://web.example/ap/users/7', url: 'https://web.example/@ann', avatarUrl: null, suspendedAt: null, deletedAt: null } as Account;
const ports = (account: Account | null = ann): WebfingerPorts => ({
  settings,
  store: {
    accountsByIds: async (ids) => (account !== null && ids.includes(account.id) ? [account] : []),
    accountsByHandles: async ([handle]) => (account !== null && handle?.username.toLowerCase() === account.username && handle.domain === null ? [account] : []),
  },
});

// LOCAL_DOMAIN, WEB_DOMAIN and each form that peers send; the subject is always LOCAL_DOMAIN's.
test.each([
  'acct:ann@here.example',
  'acct:Ann@WEB.example',
  'acct:ann@here.example:443',
  'acct:@ann@here.example',
  'ann@here.example',
  'https://web.example/ap/users/7',
  'https://web.example/@ann',
  'https://web.example/@ann@here.example',
])('%s is ann', async (resource) => {
  expect(await findWebfinger(ports(), resource)).toMatchObject({ subject: 'acct:ann@here.example', aliases: [ann.url, ann.uri] });
});

test.each(['acct:here.example@here.example', 'acct:web.example@web.example', 'https://web.example/actor'])('%s is the server itself', async (resource) => {
  expect(await findWebfinger(ports(), resource)).toMatchObject({ subject: 'acct:here.example@here.example', links: expect.arrayContaining([expect.objectContaining({ href: 'https://web.example/actor' })]) });
});

test.each([undefined, '', ['a'], 'ann', 'acct:ann', 'acct:ann@', 'acct:a b@here.example', `acct:${'a'.repeat(3_000)}@here.example`])('%j cannot be read', async (resource) => {
  await expect(findWebfinger(ports(), resource)).rejects.toMatchObject({ status: 400 });
});

// Handles are never parsed out of anybody else's addresses.
test.each(['acct:bob@here.example', 'acct:ann@else.example', 'https://else.example/@ann', 'https://web.example/about', 'https://web.example/@ann/1'])('%s is nobody of ours', async (resource) => {
  await expect(findWebfinger(ports(), resource)).rejects.toMatchObject({ status: 404 });
});

test('410 is said of the dead alone: Mastodon deletes its copy on it', async () => {
  const resource = 'acct:ann@here.example';
  await expect(findWebfinger(ports({ ...ann, deletedAt: new Date() }), resource)).rejects.toMatchObject({ status: 410 });
  await expect(findWebfinger(ports({ ...ann, suspendedAt: new Date() }), resource)).rejects.toMatchObject({ status: 404 });
});
