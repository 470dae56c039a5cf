import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import type { AccountId, StatusId } from '@trunkline/kernel';
import { withBackbone } from '@trunkline/platform';
import { deleteStatus, followAccount, homeTimeline, keepHomeFeed, publishStatus, rowReader, unfollowAccount } from '@trunkline/social';
import { startTestServer, until, type TestPerson, type TestServer } from '@trunkline/testing';
import { TimelineModule } from '../src/index.js';

jest.setTimeout(60_000);

const service = { name: 'timeline', module: TimelineModule, ...withBackbone({ consumes: true }) };
let server: TestServer;
let star: TestPerson;
let friend: TestPerson;
let readers: TestPerson[];
beforeAll(async () => {
  server = await startTestServer({ service, env: { FANOUT_FOLLOWERS_MAX: '2' } });
  [star, friend] = [await server.person('star'), await server.person('friend')];
  readers = [await server.person('ann'), await server.person('bea'), await server.person('cec')];
  for (const reader of readers) {
    await followAccount(server.backbone, reader.account, star.account);
    await keepHomeFeed(server.backbone, reader.account.id);
  }
  await followAccount(server.backbone, reader().account, friend.account);
  await settled();
});
afterAll(() => server.stop());

const reader = (): TestPerson => readers[0] as TestPerson;

async function post(author: TestPerson, text = 'hello'): Promise<StatusId> {
  const made = await publishStatus(server.backbone, author.account, {
    text, spoilerText: '', sensitive: false, visibility: 'public', language: 'en', inReplyToId: null, application: null, idempotencyKey: null,
  });
  if (!made.ok) throw new Error(made.error.code);
  return made.value.id;
}

/** Fan-out has nothing left to do. */
const settled = (): Promise<unknown> =>
  until('the events to be fanned out', async () => {
    const [row] = await server.backbone.db.query<{ left: number }>(
      `SELECT count(*)::int AS left FROM events.outbox o
        WHERE o.published_at IS NULL OR (
          o.subject ~ '^(status[.](published|edited|deleted)|follow[.](accepted|undone))'
          AND NOT EXISTS (SELECT FROM events.done d WHERE d.event_id = o.event_id AND d.consumer LIKE 'timeline-fan-out%'))`,
    );
    return row?.left === 0;
  });

async function page(at: TestServer, who: TestPerson, bounds: { limit?: number; maxId?: StatusId; minId?: StatusId; sinceId?: StatusId } = {}): Promise<StatusId[]> {
  const views = await homeTimeline(at.backbone, rowReader(at.backbone), who.account.id, { limit: 20, maxId: null, minId: null, sinceId: null, ...bounds });
  return views.map(({ status }) => status.id);
}

/** Whom feeds were pushed to while `work` ran and everything was handled. */
async function pushedTo(work: () => Promise<unknown>): Promise<{ pushes: AccountId[]; walked: number; removals: AccountId[] }> {
  const { feeds, store } = server.backbone;
  const spies = { push: jest.spyOn(feeds, 'push'), remove: jest.spyOn(feeds, 'remove'), pages: jest.spyOn(store, 'followerPages') };
  await work();
  await settled();
  const found = {
    pushes: spies.push.mock.calls.flatMap(([ids]) => ids),
    removals: spies.remove.mock.calls.flatMap(([ids]) => ids),
    walked: spies.pages.mock.calls.flatMap(([asked]) => asked).length,
  };
  for (const spy of Object.values(spies)) spy.mockRestore();
  return found;
}

test('a post of somebody with more followers than the maximum is written to no follower, and all of them read it', async () => {
  let id: StatusId | undefined;
  const { pushes, walked } = await pushedTo(async () => (id = await post(star)));
  expect(pushes).toEqual([star.account.id]);
  expect(walked).toBe(0);
  for (const each of [star, ...readers]) expect(await page(server, each)).toContain(id);
  expect(await page(server, friend)).not.toContain(id);
});

test('its end is written to no follower either, and nobody reads it any more', async () => {
  const id = await post(star);
  await settled();
  const [status] = await server.backbone.store.statusesByIds([id]);
  if (status === undefined) throw new Error('the post is gone');
  expect((await pushedTo(() => deleteStatus(server.backbone, status))).removals).toEqual([star.account.id]);
  for (const each of readers) expect(await page(server, each)).not.toContain(id);
});

test('whoever has fewer followers later stays as they are, and an end of a follow works at once', async () => {
  const [, bea, cec] = readers as [TestPerson, TestPerson, TestPerson];
  await unfollowAccount(server.backbone, cec.account.id, star.account.id);
  expect(await page(server, cec)).toEqual([]);
  const id = await post(star);
  await settled();
  expect((await server.backbone.feeds.read(bea.account.id))?.ids).not.toContain(id);
  expect(await page(server, bea)).toContain(id);
  expect(await page(server, cec)).toEqual([]);
});

test('what was pushed before its author had so many followers is shown once', async () => {
  const id = await post(star);
  await settled();
  await server.backbone.feeds.push([reader().account.id], id);
  expect((await page(server, reader())).filter((each) => each === id)).toHaveLength(1);
});

test('pages follow each other without a gap, down and up, where feed and looked-up posts alternate', async () => {
  const { backbone } = server;
  const written: StatusId[] = [];
  for (let count = 0; count < 130; count += 1) written.push(await post(count % 3 === 0 ? friend : star));
  await settled();
  expect(await backbone.feeds.read(reader().account.id)).toMatchObject({ state: 'complete' });
  const down: StatusId[] = [];
  while (down.length < 130) {
    const last = down.at(-1);
    const next = await page(server, reader(), { limit: 20, ...(last === undefined ? {} : { maxId: last }) });
    expect(next.length).toBeGreaterThanOrEqual(10);
    down.push(...next);
  }
  expect(down.slice(0, 130)).toEqual([...written].reverse());
  const up: StatusId[] = [written[0] as StatusId];
  while (up.length < 130) up.push(...(await page(server, reader(), { limit: 15, minId: up.at(-1) as StatusId })).reverse());
  expect(up).toEqual(written);
  expect(await page(server, reader(), { sinceId: written.at(-4) as StatusId })).toEqual(written.slice(-3).reverse());
  expect(await page(server, reader(), { sinceId: written.at(-1) as StatusId })).toEqual([]);
});

test('another copy that has not heard of the author yet shows their posts within seconds', async () => {
  const copy = await startTestServer({ sharing: server, service });
  try {
    const crowd = await server.person('crowd');
    for (const each of readers) await followAccount(server.backbone, each.account, crowd.account);
    await settled();
    for (const each of readers) await page(copy, each);
    const id = await post(crowd);
    await settled();
    await until('the post at the other copy', async () => (await page(copy, reader())).includes(id), 15_000);
    expect((await page(server, reader())).includes(id)).toBe(true);
  } finally {
    await copy.stop();
  }
});

test('while nobody has so many followers, a page asks no statement more', async () => {
  const other = await startTestServer({ service });
  try {
    const person = await other.person('calm');
    await keepHomeFeed(other.backbone, person.account.id);
    await page(other, person);
    const asked = jest.spyOn(other.backbone.pulled, 'page');
    await page(other, person);
    expect(asked).not.toHaveBeenCalled();
  } finally {
    await other.stop();
  }
});
