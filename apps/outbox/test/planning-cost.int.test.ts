import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { FollowAcceptedV1, FollowRequestedV1, FollowUndoneV1, StatusDeletedV1, StatusEditedV1, StatusFavouritedV1, StatusPublishedV1, StatusUnfavouritedV1, type EventContract } from '@trunkline/contracts';
import type { Account, Status } from '@trunkline/domain';
import { withBackbone } from '@trunkline/platform';
import { deleteStatus, editStatus, favouriteStatus, followAccount, unfavouriteStatus, unfollowAccount } from '@trunkline/social';
import { startTestServer, type TestPerson, type TestServer } from '@trunkline/testing';
import { planFavourited, planUnfavourited } from '../src/plan-delivery/plan-favourite.js';
import { planFollowAccepted, planFollowRequested, planFollowUndone } from '../src/plan-delivery/plan-follow.js';
import { planDeleted, planEdited, planPublished } from '../src/plan-delivery/plan-status.js';
import type { PlanRule, Told } from '../src/plan-delivery/plan.js';
import { CountedPlanner, eventsOf, followed, post, stranger, strangersPost } from './planning-world.js';

class Nothing {}
const SIZES = [1, 10, 50];
const EACH = SIZES.reduce((sum, size) => sum + size, 0);

let server: TestServer;
let planner: CountedPlanner;
let authors: TestPerson[];
let strangers: Account[];
let theirs: Status[];
const posts: Status[] = [];
const answers: Status[] = [];

beforeAll(async () => {
  // No planner but the test's own.
  server = await startTestServer({ service: { name: 'nobody', module: Nothing, ...withBackbone({ consumes: false }) } });
  planner = new CountedPlanner(server);
  authors = await Promise.all(['ann', 'bea', 'cy', 'dan', 'eve'].map((name) => server.person(name)));
  strangers = await Promise.all(Array.from({ length: 20 }, (_, index) => stranger(server, `far${index}.example`)));
  for (const author of authors) for (const by of strangers.slice(0, 3)) await followed(server, author, by);
  theirs = await Promise.all(strangers.map((author) => strangersPost(server, author)));
  // Keys are made one by one, when somebody first speaks.
  for (const author of authors) await server.backbone.proofKeys.getOrCreate(author.account.id);
  for (const author of authors) await post(server, author, 'hello');
  await planner.plan(planPublished, await eventsOf(server, StatusPublishedV1));
  for (let index = 0; index < EACH; index += 1) {
    posts.push(await post(server, of(authors, index), `post ${index}`));
    answers.push(await post(server, of(authors, index), `@away@${of(strangers, index).domain} answer ${index}`, { inReplyToId: of(theirs, index).id }));
  }
}, 120_000);
afterAll(() => server.stop());

const of = <T>(many: readonly T[], index: number): T => many[index % many.length] as T;

/** Statements of a batch, the same for each size. */
async function costOf<C extends EventContract>(rule: PlanRule<C>, events: readonly Told<C>[]): Promise<number> {
  expect(events.length).toBeGreaterThanOrEqual(EACH);
  const counts: number[] = [];
  let from = events.length - EACH;
  for (const size of SIZES) {
    counts.push(await planner.plan(rule, events.slice(from, from + size)));
    from += size;
  }
  expect(new Set(counts).size).toBe(1);
  return counts[0] ?? 0;
}

async function each(act: (index: number) => Promise<unknown>): Promise<void> {
  for (let index = 0; index < EACH; index += 1) await act(index);
}

test('posts', async () => {
  const events = await eventsOf(server, StatusPublishedV1);
  const own = new Set(posts.map(({ id }) => id as string));
  expect(await costOf(planPublished, events.filter(({ statusId }) => own.has(statusId)))).toBe(9);
  expect(await costOf(planPublished, events.filter(({ statusId }) => !own.has(statusId)))).toBe(15);
});

test('edits', async () => {
  const revision = { text: 'again', spoilerText: '', sensitive: false, language: null };
  await each((index) => editStatus(server.backbone, of(authors, index).account, of(posts, index).id, revision));
  expect(await costOf(planEdited, await eventsOf(server, StatusEditedV1))).toBe(10);
});

test('ends', async () => {
  await each((index) => deleteStatus(server.backbone, of(posts, index)));
  expect(await costOf(planDeleted, await eventsOf(server, StatusDeletedV1))).toBe(9);
  await each((index) => deleteStatus(server.backbone, of(answers, index)));
  expect(await costOf(planDeleted, await eventsOf(server, StatusDeletedV1))).toBe(13);
});

test('favourites', async () => {
  await each((index) => favouriteStatus(server.backbone, of(authors, index).account.id, of(theirs, Math.floor(index / authors.length)).id));
  expect(await costOf(planFavourited, await eventsOf(server, StatusFavouritedV1))).toBe(11);
  await each((index) => unfavouriteStatus(server.backbone, of(authors, index).account.id, of(theirs, Math.floor(index / authors.length)).id));
  expect(await costOf(planUnfavourited, await eventsOf(server, StatusUnfavouritedV1))).toBe(11);
});

test('follows', async () => {
  await each((index) => followAccount(server.backbone, of(authors, index).account, of(strangers, Math.floor(index / authors.length))));
  expect(await costOf(planFollowRequested, await eventsOf(server, FollowRequestedV1))).toBe(9);
  await each((index) => unfollowAccount(server.backbone, of(authors, index).account.id, of(strangers, Math.floor(index / authors.length)).id));
  expect(await costOf(planFollowUndone, await eventsOf(server, FollowUndoneV1))).toBe(9);
  await each((index) => followAccount(server.backbone, of(strangers, Math.floor(index / authors.length)), of(authors, index).account, { uri: `https://x.example/${index}` }));
  expect(await costOf(planFollowAccepted, await eventsOf(server, FollowAcceptedV1))).toBe(8);
});
