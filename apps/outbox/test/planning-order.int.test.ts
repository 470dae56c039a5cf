import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { actorUris } from '@trunkline/activitypub';
import { StatusEditedV1, StatusPermittedV1, StatusPublishedV1, StatusQuotedV1, StatusTalliedV1, type EventContract } from '@trunkline/contracts';
import type { Account, Status } from '@trunkline/domain';
import { withBackbone } from '@trunkline/platform';
import { boostStatus, deleteStatus, editStatus, permitAsked, pinStatus, refuseAsked, unboostStatus } from '@trunkline/social';
import { startTestServer, type TestPerson, type TestServer } from '@trunkline/testing';
import { planPermitted } from '../src/plan-delivery/plan-permitted.js';
import { planStatusPinned } from '../src/plan-delivery/plan-move.js';
import { planQuoted } from '../src/plan-delivery/plan-quote.js';
import { planDeleted, planEdited, planPublished, planTallied } from '../src/plan-delivery/plan-status.js';
import type { PlanRule, Told } from '../src/plan-delivery/plan.js';
import { CountedPlanner, eventsOf, followed, planned, post, stranger, strangersPost } from './planning-world.js';

class Nothing {}
const DAY_MS = 86_400_000;

// The events of a post go to planners through lines apart: each test takes them in an order in which they may come.
let server: TestServer;
let planner: CountedPlanner;
let ann: TestPerson;
let far: Account;
beforeAll(async () => {
  server = await startTestServer({ service: { name: 'nobody', module: Nothing, ...withBackbone({ consumes: false }) } });
  planner = new CountedPlanner(server);
  ann = await server.person('ann');
  far = await stranger(server, 'far.example');
  await followed(server, ann, far);
}, 60_000);
afterAll(() => server.stop());

const edit = (status: Status, text: string) => editStatus(server.backbone, ann.account, status.id, { text, spoilerText: '', sensitive: false, language: null });
/** The events about a status under a contract. */
async function about<C extends EventContract>(contract: C, { id }: Pick<Status, 'id'>): Promise<Told<C>[]> {
  return (await eventsOf(server, contract)).filter((event) => event['statusId' as keyof typeof event] === id);
}
const plan = async <C extends EventContract>(rule: PlanRule<C>, status: Pick<Status, 'id'>): Promise<unknown> => planner.plan(rule, await about(rule.contract, status));
const toldOf = async (status: Status): Promise<string[]> => (await planned(server, status.uri)).map(({ type }) => type);

test('an edit that comes before the publication is told after it, and each once', async () => {
  const status = await post(server, ann, 'first');
  await edit(status, 'second');
  await edit(status, 'third');
  await plan(planEdited, status);
  expect(await toldOf(status)).toEqual(['Create', 'Update']);
  const [create] = await server.backbone.db.query<{ body: string }>('SELECT body FROM federation.delivery_bodies WHERE activity_id = $1', [`${status.uri}/activity`]);
  expect(create?.body).toContain('third');
  await plan(planPublished, status);
  await plan(planEdited, status);
  expect(await toldOf(status)).toEqual(['Create', 'Update']);
  await edit(status, 'fourth');
  await plan(planEdited, status);
  expect(await toldOf(status)).toEqual(['Create', 'Update', 'Update']);
});

test('so is how its poll stands', async () => {
  const poll = { multiple: false, hidesTotals: false, options: ['a', 'b'].map((title) => ({ title, votes: 0 })), votersCount: 0, endsAt: new Date(Date.now() + DAY_MS), closed: false };
  const status = await post(server, ann, 'which?', { poll });
  await server.backbone.store.transaction((tx) => tx.appendEvent(StatusTalliedV1, { statusId: status.id, authorId: ann.account.id, local: true, ended: false }));
  await plan(planTallied, status);
  await plan(planPublished, status);
  expect(await toldOf(status)).toEqual(['Create', 'Update']);
});

test('so is that it is pinned, and what became of its quote', async () => {
  const pinned = await post(server, ann, 'look');
  await pinStatus(server.backbone, ann.account, pinned);
  await plan(planStatusPinned, pinned);
  await plan(planPublished, pinned);
  expect((await planned(server, pinned.uri)).map(({ type }) => type)).toEqual(['Create', 'Add']);

  const theirs = await strangersPost(server, far);
  const quoting = await post(server, ann, 'see there', { quotedId: theirs.id });
  const { store } = server.backbone;
  await store.transaction(async (tx) => {
    await tx.changeQuote(quoting.id, { state: 'accepted', quotedId: theirs.id, stampUri: `${theirs.uri}/stamp` }, ['pending', 'unauthorized', 'accepted']);
    await tx.appendEvent(StatusQuotedV1, { statusId: quoting.id, authorId: ann.account.id, quotedId: theirs.id, quotedAuthorId: far.id, state: 'accepted', changedAt: new Date().toISOString() });
  });
  await plan(planQuoted, quoting);
  await plan(planPublished, quoting);
  expect(await toldOf(quoting)).toEqual(['Create', 'Update']);
});

test('many copies, with all events over and over: no Update before its Create, no Create twice', async () => {
  const statuses = await Promise.all(Array.from({ length: 10 }, (_, index) => post(server, ann, `post ${index}`)));
  for (const status of statuses) await edit(status, 'again');
  const planners = [planner, new CountedPlanner(server), new CountedPlanner(server)];
  const all = async (rule: PlanRule<typeof StatusEditedV1> | PlanRule<typeof StatusPublishedV1>) =>
    (await Promise.all(statuses.map((status) => about<EventContract>(rule.contract, status)))).flat();
  const [published, edited] = [(await all(planPublished)) as Told<typeof StatusPublishedV1>[], (await all(planEdited)) as Told<typeof StatusEditedV1>[]];
  const works = planners.flatMap((one) => [
    () => one.plan(planEdited, edited),
    () => one.plan(planPublished, published.toReversed()),
    () => one.plan(planEdited, edited.toReversed().slice(3)),
    () => one.plan(planPublished, published.slice(5)),
  ]);
  await Promise.all(works.map((work) => work()));
  for (const status of statuses) expect(await toldOf(status)).toEqual(['Create', 'Update']);
});

test('what waits for an author\'s leave goes to that author alone, edited or not', async () => {
  const theirs = await strangersPost(server, far);
  const rules = { like: null, announce: null, reply: { automatic: [], manual: ['public' as const] }, byRequest: true };
  await server.backbone.store.transaction((tx) => tx.setInteractionRules([{ statusId: theirs.id, rules }]));
  await followed(server, ann, await stranger(server, 'else.example'));
  const answer = await post(server, ann, `@away@far.example may I?`, { inReplyToId: theirs.id });
  await edit(answer, '@away@far.example may I, please?');
  await plan(planEdited, answer);
  await plan(planPublished, answer);
  expect(await planned(server, answer.uri)).toMatchObject([{ type: 'ReplyRequest', inboxes: 1 }]);
});

test('an edit that comes before the leave is told after the post that leave was given for', async () => {
  const { store } = server.backbone;
  const theirs = await strangersPost(server, far);
  const rules = { like: null, announce: null, reply: { automatic: [], manual: ['public' as const] }, byRequest: true };
  await store.transaction((tx) => tx.setInteractionRules([{ statusId: theirs.id, rules }]));
  const answer = await post(server, ann, '@away@far.example once more', { inReplyToId: theirs.id });
  const below = await post(server, ann, 'and this', { inReplyToId: answer.id });
  await plan(planPublished, answer);
  await plan(planPublished, below);
  const asked = (await store.askedInteractions([answer.id])).get(answer.id);
  if (asked === undefined) throw new Error('nobody was asked');
  expect(await permitAsked(server.backbone, asked, `${theirs.uri}/leave`)).toBe(true);
  await edit(answer, '@away@far.example once more, please');
  await plan(planEdited, answer);
  const typesOf = async () => (await planned(server, `"${answer.uri}`)).filter(({ id }) => id.startsWith(answer.uri)).map(({ type }) => type);
  expect(await typesOf()).toEqual(['Create', 'Update']);
  await edit(answer, '@away@far.example once more, thanks');
  await plan(planEdited, answer);
  expect(await typesOf()).toEqual(['Create', 'Update', 'Update']);
  const permitted = (await eventsOf(server, StatusPermittedV1)).filter(({ interactionId }) => interactionId === answer.id);
  await planner.plan(planPermitted, permitted);
  // What waited below goes out under its own name, so that what is said of it later comes later.
  const keys = await server.backbone.db.query<{ key: string }>(
    'SELECT c.order_key AS key FROM federation.delivery_chunks c JOIN federation.delivery_bodies b ON b.id = c.body_id WHERE b.activity_id = $1',
    [`${below.uri}/activity`],
  );
  expect(keys).toEqual([{ key: `status:${below.id}` }]);
});

// The end may be planned before or after the author's answer.
test('what rested on leave that never came is never told of, nor its end; what went out by a leave that was taken back is told to have ended', async () => {
  const { store } = server.backbone;
  const talk = async () => {
    const theirs = await strangersPost(server, far);
    await store.transaction((tx) => tx.setInteractionRules([{ statusId: theirs.id, rules: { like: null, announce: null, reply: { automatic: [], manual: ['public'] }, byRequest: true } }]));
    const answer = await post(server, ann, '@away@far.example may I?', { inReplyToId: theirs.id });
    const below = await post(server, ann, 'and this', { inReplyToId: answer.id });
    for (const status of [answer, below]) await plan(planPublished, status);
    const asked = async () => (await store.askedInteractions([answer.id])).get(answer.id) ?? Promise.reject(new Error('nobody was asked'));
    return { answer, below, asked };
  };
  const end = async (status: Status): Promise<void> => {
    await deleteStatus(server.backbone, status);
    await plan(planDeleted, status);
  };
  await followed(server, ann, await stranger(server, 'third.example'));
  const refused = await talk();
  await deleteStatus(server.backbone, refused.below);
  expect(await refuseAsked(server.backbone, await refused.asked())).toBe(true);
  await plan(planDeleted, refused.below);
  expect(await toldOf(refused.below)).toEqual([]);
  await end(refused.answer);
  expect(await planned(server, refused.answer.uri)).toMatchObject([{ type: 'ReplyRequest', inboxes: 1 }, { type: 'Delete', inboxes: 1 }]);

  const { answer, below, asked } = await talk();
  expect(await permitAsked(server.backbone, await asked(), `${answer.uri}/leave`)).toBe(true);
  await planner.plan(planPermitted, (await eventsOf(server, StatusPermittedV1)).filter(({ interactionId }) => interactionId === answer.id));
  expect(await refuseAsked(server.backbone, await asked())).toBe(true);
  for (const status of [below, answer]) await end(status);
  expect(await toldOf(below)).toEqual(['Create', 'Delete']);
  const reached = (await planned(server, `"${answer.uri}`)).filter(({ type, id }) => ['Create', 'Delete'].includes(type) && id.startsWith(answer.uri)).map(({ inboxes }) => inboxes);
  expect(reached).toHaveLength(2);
  expect(reached[1]).toBe(reached[0]);
  expect(reached[0]).toBeGreaterThan(1);
});

test('what was ended before its publication was planned is never told: neither post nor boost', async () => {
  const status = await post(server, ann, 'gone soon');
  await edit(status, 'still here');
  await deleteStatus(server.backbone, status);
  await plan(planDeleted, status);
  await plan(planEdited, status);
  await plan(planPublished, status);
  expect(await toldOf(status)).toEqual(['Delete']);

  const theirs = await strangersPost(server, far);
  const boosted = await boostStatus(server.backbone, ann.account, theirs.id);
  if (!boosted.ok) throw new Error(boosted.error.code);
  await unboostStatus(server.backbone, ann.account, theirs.id);
  await plan(planDeleted, { id: boosted.value });
  await plan(planPublished, { id: boosted.value });
  expect((await planned(server, `/statuses/${boosted.value}`)).map(({ type, id }) => [type, id])).toEqual([
    ['Undo', `${actorUris(server.backbone.settings.baseUrl, ann.account.id).id}#undos/statuses/${boosted.value}`],
  ]);
});

test('an event that cannot be planned leaves nothing of its batch, and takes nobody along when they come alone', async () => {
  const statuses = await Promise.all(['one', 'two', 'three'].map((text) => post(server, ann, text)));
  const events = (await Promise.all(statuses.map((status) => about(StatusPublishedV1, status)))).flat();
  const ill: PlanRule<typeof StatusPublishedV1> = {
    ...planPublished,
    plan: async (ports, event) => {
      if (event.statusId === statuses[1]?.id) throw new Error('ill');
      return planPublished.plan(ports, event);
    },
  };
  await expect(planner.plan(ill, events)).rejects.toThrow('ill');
  for (const status of statuses) expect(await toldOf(status)).toEqual([]);
  const alone = await Promise.allSettled(events.map((event) => planner.plan(ill, [event])));
  expect(alone.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  await planner.plan(planPublished, events);
  for (const status of statuses) expect(await toldOf(status)).toEqual(['Create']);
});

// Its event has an id that nobody can tell: peers take a second Create for a repeat.
test('a post of an older version is told again before its first edit; after three days it is not', async () => {
  const [young, old] = [await post(server, ann, 'young'), await post(server, ann, 'old')];
  for (const status of [young, old]) {
    const [event] = await about(StatusPublishedV1, status);
    if (event === undefined) throw new Error('no event');
    await planner.plan(planPublished, [{ ...event, eventId: randomUUID() }]);
  }
  await edit(young, 'again');
  await plan(planEdited, young);
  expect(await toldOf(young)).toEqual(['Create', 'Create', 'Update']);
  server.backbone.clock.setOffsetForTests(3 * DAY_MS);
  await edit(old, 'again');
  await plan(planEdited, old);
  expect(await toldOf(old)).toEqual(['Create', 'Update']);
});
