import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { consumerName, StatusPublishedV1 } from '@trunkline/contracts';
import type { JetStreamContext } from '@trunkline/messaging';
import { markDone } from '@trunkline/persistence';
import { withBackbone } from '@trunkline/platform';
import { followAccount, keepHomeFeed, publishStatus, type StatusDraft } from '@trunkline/social';
import { startTestServer, until, type TestPerson, type TestServer } from '@trunkline/testing';
import { FanOutConsumer } from '../src/fan-out/fan-out.consumer.js';
import { TimelineModule } from '../src/index.js';
import { Shared } from '../src/reading/shared.adapter.js';

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

test('a post that is announced again, since somebody else has not planned it yet, is given to nobody twice', async () => {
  const { backbone } = server;
  await keepHomeFeed(backbone, alice.account.id);
  const posted = await publishStatus(backbone, alice.account, draft('said once'));
  if (!posted.ok) throw new Error(posted.error.code);
  const statusId = posted.value.id;
  const feed = await until('the post in the feed', async () => {
    const contents = await backbone.feeds.read(alice.account.id);
    return contents?.ids.includes(statusId) === true && contents;
  });
  const consumer = new FanOutConsumer(backbone, new Shared(backbone));
  const announce = (eventId: string): Promise<void> =>
    consumer.published([{ eventId, statusId, accountId: alice.account.id } as never], { deliveries: [{ redelivered: false }] } as unknown as JetStreamContext);
  // A minute old, so that it may have been announced before.
  const idAt = (ms: number, last: string): string => {
    const digits = ms.toString(16).padStart(12, '0');
    return `${digits.slice(0, 8)}-${digits.slice(8)}-7000-8000-00000000000${last}`;
  };
  const [done, open] = ['1', '2'].map((last) => idAt(backbone.clock.nowMs() - 60_000, last)) as [string, string];
  await markDone(backbone.db, consumerName('timeline', 'fan-out', StatusPublishedV1), [done]);
  await announce(done);
  expect((await backbone.feeds.read(alice.account.id))?.print).toBe(feed.print);
  await announce(open);
  expect((await backbone.feeds.read(alice.account.id))?.print).not.toBe(feed.print);
});
