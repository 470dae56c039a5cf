import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { withBackbone } from '@trunkline/platform';
import { followAccount, keepHomeFeed, publishStatus, type StatusDraft } from '@trunkline/social';
import { startTestServer, until, type TestPerson, type TestServer } from '@trunkline/testing';
import { TimelineModule } from '../src/index.js';

jest.setTimeout(60_000);

let server: TestServer;
let alice: TestPerson;
let bob: TestPerson;

const draft = (text: string): StatusDraft => ({
  text,
  spoilerText: '',
  sensitive: false,
  visibility: 'public',
  language: 'en',
  inReplyToId: null,
  application: null,
  idempotencyKey: null,
});

beforeAll(async () => {
  server = await startTestServer({ service: { name: 'timeline', module: TimelineModule, ...withBackbone({ consumes: true }) } });
  alice = await server.person('alice');
  bob = await server.person('bob');
});
afterAll(() => server.stop());

test('a post enters the feeds of its author and of a follower who reads, once, and a mention is told once', async () => {
  const { backbone } = server;
  await keepHomeFeed(backbone, alice.account.id);
  await keepHomeFeed(backbone, bob.account.id);
  expect(await followAccount(backbone, bob.account, alice.account)).toMatchObject({ ok: true, value: 'following' });
  const posted = await publishStatus(backbone, alice.account, draft('Hello @bob, see https://example.com #Trains'));
  if (!posted.ok) throw new Error(posted.error.code);
  expect(posted.value.content).toContain('class="u-url mention"');
  expect(posted.value.tags).toEqual(['Trains']);

  const ids = await until('the post in both feeds', async () => {
    const feeds = await Promise.all([alice, bob].map((person) => backbone.feeds.read(person.account.id)));
    return feeds.every((feed) => feed?.ids.includes(posted.value.id)) && feeds;
  });
  for (const feed of ids) expect(feed?.ids.filter((id) => id === posted.value.id)).toHaveLength(1);

  const page = { limit: 10, maxId: null, sinceId: null, minId: null };
  const told = await until('the mention', async () => {
    const list = await backbone.notifications.page({ accountId: bob.account.id, page, types: null, excludeTypes: [] });
    return list.length > 0 && list;
  });
  expect(told).toMatchObject([{ type: 'mention', statusId: posted.value.id, fromAccountId: alice.account.id }]);
  const followed = await until('the follow', async () => {
    const list = await backbone.notifications.page({ accountId: alice.account.id, page, types: null, excludeTypes: [] });
    return list.length > 0 && list;
  });
  expect(followed.map((notification) => notification.type)).toEqual(['follow']);
});
