import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Module } from '@nestjs/common';
import type { Account } from '@trunkline/domain';
import { favouriteStatus, followAccount, newLocalAccount, publishStatus, type NewNotification } from '@trunkline/social';
import { withBackbone } from '@trunkline/platform';
import { startTestServer, type TestPerson, type TestServer } from '@trunkline/testing';
import { notifyOfFavourites, withdrawFavourites } from '../src/notify/notify.js';
import type { NotifyPorts } from '../src/notify/notices.js';
import { FreshPosts } from '../src/reading/fresh-posts.js';

@Module({})
class NoModule {}

const FANS = 40;
let server: TestServer;
let ann: TestPerson;
let fans: readonly Account[];
let statusId: Awaited<ReturnType<typeof post>>;

beforeAll(async () => {
  server = await startTestServer({ service: { name: 'ledger', module: NoModule, ...withBackbone({ consumes: false }) } });
  ann = await server.person('ann');
  statusId = await post();
  const { store, ids, clock, settings } = server.backbone;
  const made = Array.from({ length: FANS }, (_, n) => newLocalAccount({ id: ids.next(), username: `fan${n}`, baseUrl: settings.baseUrl, now: new Date(clock.nowMs()) }));
  for (const account of made) await store.transaction((tx) => tx.insertAccount(account));
  fans = await store.accountsByIds(made.map(({ id }) => id));
  for (const { id } of fans) await favouriteStatus(server.backbone, id, statusId, null);
}, 60_000);
afterAll(() => server?.stop());

async function post() {
  const draft = { text: 'hello', spoilerText: '', sensitive: false, visibility: 'public' as const, language: null, inReplyToId: null, application: null, idempotencyKey: null };
  const status = await publishStatus(server.backbone, ann.account, draft);
  if (!status.ok) throw new Error(status.error.code);
  return status.value.id;
}

/** As the broker would hand them over, and how many questions they cost. */
async function told(): Promise<Parameters<typeof notifyOfFavourites>[1]> {
  return server.backbone.db.query("SELECT payload->>'eventId' AS \"eventId\", payload->>'favouriteId' AS \"favouriteId\", payload->>'accountId' AS \"accountId\", payload->>'statusId' AS \"statusId\" FROM events.outbox WHERE subject = 'status.favourited.v1' ORDER BY id LIMIT 100");
}

function counted(change: Partial<NotifyPorts> = {}) {
  const calls: string[] = [];
  const counting = <T extends object>(of: T): T =>
    new Proxy(of, {
      get: (target, name) => {
        const member = Reflect.get(target, name) as unknown;
        if (typeof member !== 'function') return member;
        return (...args: unknown[]) => {
          calls.push(String(name));
          return Reflect.apply(member, target, args) as unknown;
        };
      },
    });
  const store = counting(server.backbone.store);
  const ports: NotifyPorts = { strangers: { admit: async (_domain, count) => count }, ...server.backbone, posts: new FreshPosts({ ...server.backbone, store }), store, notifications: counting(server.backbone.notifications), ...change };
  return { calls, ports };
}

const rows = () => server.backbone.db.query<{ shown: number }>("SELECT count(*) FILTER (WHERE dismissed_at IS NULL)::int AS shown FROM timeline.notifications WHERE account_id = $1 AND type = 'favourite'", [ann.account.id]);

test('a crowd that likes one post costs as few questions as one person', async () => {
  const events = await told();
  expect(events).toHaveLength(FANS);
  const one = counted();
  await notifyOfFavourites(one.ports, events.slice(0, 1));
  const all = counted();
  expect(await notifyOfFavourites(all.ports, events)).toEqual(new Map());
  expect(all.calls).toEqual(one.calls);
  expect(await rows()).toEqual([{ shown: FANS }]);
  // Told again nothing is told twice, and what is taken back stands in one statement too.
  await notifyOfFavourites(all.ports, events);
  const undone = counted();
  const gone = events.map(({ eventId, favouriteId, accountId }) => ({ eventId, favouriteId, accountId, statusId })) as Parameters<typeof withdrawFavourites>[1];
  expect(await withdrawFavourites(undone.ports, [...gone, ...gone])).toEqual(new Map());
  expect(undone.calls).toEqual(['statusesByIds', 'accountsByIds', 'withdraw']);
  expect(await rows()).toEqual([{ shown: 0 }]);
  await server.backbone.db.query('DELETE FROM timeline.notifications');
});

test('what cannot be told takes no others with it', async () => {
  const events = await told();
  const [bad] = events;
  const { notifications } = server.backbone;
  const insert = (given: readonly NewNotification[]) => (given.some(({ fact }) => fact === `favourite:${bad?.favouriteId}`) ? Promise.reject(new Error('not this one')) : notifications.insert(given));
  const { ports } = counted({ notifications: { ...notifications, insert, withdraw: (given) => notifications.withdraw(given) } as NotifyPorts['notifications'] });
  expect([...(await notifyOfFavourites(ports, events)).keys()]).toEqual([bad?.eventId]);
  expect(await rows()).toEqual([{ shown: FANS - 1 }]);
});

test('of a batch each is judged for itself: blocks, mutes, and one\'s own', async () => {
  await server.backbone.db.query('DELETE FROM timeline.notifications');
  const { store, ids } = server.backbone;
  const [blocked, muted, followed] = fans;
  if (blocked === undefined || muted === undefined || followed === undefined) throw new Error('nobody is there');
  await store.transaction(async (tx) => {
    await tx.insertBlock({ id: ids.next(), accountId: ann.account.id, targetId: blocked.id, uri: null });
    await tx.insertMute({ id: ids.next(), accountId: ann.account.id, targetId: muted.id, hideNotifications: true, expiresAt: null });
  });
  await followAccount(server.backbone, followed, ann.account);
  const events = await told();
  const own = { ...events[0], eventId: 'own', accountId: ann.account.id } as (typeof events)[number];
  await notifyOfFavourites(counted().ports, [...events, own]);
  expect(await rows()).toEqual([{ shown: FANS - 2 }]);
});
