import { peopleOf, reachOf, type Reach, type TimelineFacts, type Viewer } from '@trunkline/domain';
import type { AccountId } from '@trunkline/kernel';
import { viewerOf, type FollowerPage, type SocialReads } from '@trunkline/social';
import type { Turns } from './turns.js';

/** Followers looked up for each post of a batch at once; most posts have no more. */
const FIRST_PAGE = 500;
/** Of a post with many followers, what is done in one turn: five pushes, one live message. */
const LATER_PAGE = 2_500;
/** All pairs of them are asked for. */
const NAMED_AT_ONCE = 60;
const FROM_THE_START = '0' as AccountId;

/** What a status is to a reader: shown, kept in the feed until it may be shown, told of where they listen and in no feed, or none of these. */
export type Answer = 'show' | 'keep' | 'tell' | 'leave';

type Given = Exclude<Answer, 'leave'>;

/** One status on its way to those who may read it. */
export interface Walk {
  readonly item: TimelineFacts;
  readonly judge: (viewer: Viewer) => Answer;
  /** Called page by page; the author and the people named come first. `tell`: for their streams alone: they were given it to keep, or read it elsewhere. */
  readonly give: (readers: readonly AccountId[], answer: Given) => Promise<void>;
  /** The author has too many followers to walk: this is called in their place, where followers may read it at all. `told`: those it was given to. */
  readonly instead?: ((told: readonly AccountId[]) => void) | undefined;
  /** Where an earlier try left off. */
  readonly afterId?: AccountId | null;
  /** All up to this follower have been given it, and there are more. */
  readonly reached?: (followerId: AccountId) => Promise<void>;
}

export interface WalkPorts {
  readonly store: Pick<SocialReads, 'followerPages' | 'touchedFollowers' | 'tiesOfMany'>;
  readonly turns: Turns;
}

/** The pages of one walk: whom to ask for, and what holds for those whom no tie touches. */
interface Course {
  readonly walk: Walk;
  readonly people: readonly AccountId[];
  readonly alsoFollowing: AccountId | null;
  readonly answer: Given;
}

/**
 * Takes statuses to their authors and to local followers. Rules are asked once for all followers alike, and one by one
 * for those whom a block, a mute or a limit of their own touches. All walks go side by side, page by page and in turn, so that a post with many
 * followers keeps nobody waiting for longer than a page. @returns what failed, by walk; the others are done.
 */
export async function walkReaders(ports: WalkPorts, walks: readonly Walk[]): Promise<Map<Walk, unknown>> {
  const failed = new Map<Walk, unknown>();
  const attempt = (walk: Walk, work: () => Promise<void>): Promise<void> => ports.turns.take(work).catch((error: unknown) => void failed.set(walk, error));
  const ties = tiesOfNamed(ports, walks);
  // Each walk is told when its turn comes.
  ties.catch(() => undefined);
  await Promise.all(walks.map((walk) => attempt(walk, async () => giveToNamed(walk, await ties))));
  const all = walks.flatMap((walk) => (failed.has(walk) ? [] : coursesOf(walk)));
  for (const { walk, people, answer } of all) if (answer !== 'tell') walk.instead?.(people);
  const courses = all.filter(({ walk }) => walk.instead === undefined);
  const first = await pagesOf(ports, courses, courses.map(({ walk, answer }) => (answer === 'tell' ? FROM_THE_START : (walk.afterId ?? FROM_THE_START))), FIRST_PAGE);
  await Promise.all(
    courses.map(async (course, at) => {
      let page = first[at];
      while (page !== undefined && page.ids.length > 0 && !failed.has(course.walk)) {
        const { ids, touched, isLast } = page;
        const lastId = ids.at(-1) ?? FROM_THE_START;
        page = undefined;
        await attempt(course.walk, async () => {
          await givePage(ports, course, ids, touched);
          if (isLast) return;
          if (course.answer !== 'tell') await course.walk.reached?.(lastId);
          [page] = await pagesOf(ports, [course], [lastId], LATER_PAGE);
        });
      }
    }),
  );
  return failed;
}

function coursesOf(walk: Walk): Course[] {
  const { plain, alsoFollowing }: Reach<Answer> = reachOf(walk.item, walk.judge);
  const people = peopleOf(walk.item);
  const some = alsoFollowing === null || alsoFollowing.answer === 'leave' ? [] : [{ walk, people, alsoFollowing: alsoFollowing.accountId, answer: alsoFollowing.answer }];
  if (plain === 'leave') return some;
  const all: Course = { walk, people, alsoFollowing: null, answer: plain };
  // What everybody keeps, some are shown: what waits for the end of a silence.
  return plain === 'keep' ? [all, ...some.filter(({ answer }) => answer === 'show').map((course): Course => ({ ...course, answer: 'tell' }))] : [all];
}

type TouchedPage = FollowerPage & { readonly touched: ReadonlySet<AccountId> };

async function pagesOf(ports: WalkPorts, courses: readonly Course[], after: readonly AccountId[], limit: number): Promise<TouchedPage[]> {
  const pages = await ports.store.followerPages(
    courses.map(({ walk, alsoFollowing }, at) => ({ authorId: walk.item.status.authorId, afterId: after[at] ?? FROM_THE_START, alsoFollowing })),
    limit,
  );
  const touched = await ports.store.touchedFollowers(
    courses.map(({ walk, people }, at) => {
      const upToId = pages[at]?.ids.at(-1);
      const afterId = after[at] ?? FROM_THE_START;
      return { authorId: walk.item.status.authorId, afterId, upToId: upToId ?? afterId, people: upToId === undefined ? [] : people };
    }),
  );
  return pages.map((page, at) => ({ ...page, touched: touched[at] ?? new Set() }));
}

type TiesOfMany = Awaited<ReturnType<SocialReads['tiesOfMany']>>;

/** Of the authors and those whom the statuses name, answer or boost: for many statuses at once, as each names few. */
async function tiesOfNamed(ports: WalkPorts, walks: readonly Walk[]): Promise<TiesOfMany> {
  const named = walks.map(({ item }) => peopleOf(item)).filter((people) => people.length > 1);
  const parts: Set<AccountId>[] = [];
  for (const people of named) {
    const part = parts.at(-1);
    if (part === undefined || part.size + people.length > NAMED_AT_ONCE) parts.push(new Set(people));
    else for (const id of people) part.add(id);
  }
  const all: TiesOfMany = new Map();
  for (const [viewerId, ties] of (await Promise.all(parts.map((part) => ports.store.tiesOfMany([...part], [...part])))).flatMap((found) => [...found])) {
    all.set(viewerId, new Map([...(all.get(viewerId) ?? []), ...ties]));
  }
  return all;
}

/** The author, and those whom the status names, answers or boosts, each by their own ties. */
async function giveToNamed(walk: Walk, ties: TiesOfMany): Promise<void> {
  const people = peopleOf(walk.item);
  await giveEach(walk, people, (id) => walk.judge(viewerOf(id, ties.get(id) ?? new Map())));
}

async function givePage(ports: WalkPorts, course: Course, ids: readonly AccountId[], touched: ReadonlySet<AccountId>): Promise<void> {
  const { walk, people, answer } = course;
  const apart = new Set([...people, ...touched]);
  const alike = ids.filter((id) => !apart.has(id));
  if (alike.length > 0) await walk.give(alike, answer);
  // These were judged one by one on the course for all.
  if (answer === 'tell') return;
  const named = new Set(people);
  const judged = ids.filter((id) => touched.has(id) && !named.has(id));
  if (judged.length === 0) return;
  const ties = await ports.store.tiesOfMany(judged, people);
  await giveEach(walk, judged, (id) => walk.judge(viewerOf(id, ties.get(id) ?? new Map())));
}

async function giveEach(walk: Walk, ids: readonly AccountId[], answerFor: (id: AccountId) => Answer): Promise<void> {
  const answers = ids.map((id) => [id, answerFor(id)] as const);
  for (const wanted of ['show', 'keep', 'tell'] as const) {
    const readers = answers.filter(([, answer]) => answer === wanted).map(([id]) => id);
    if (readers.length > 0) await walk.give(readers, wanted);
  }
}
