import { activityFacts, isNoteType, parseActivity, parseNote, refOf, sameHost, typesOf, type ActivityFacts, type IncomingActivity, type ObjectRef } from '@trunkline/activitypub';
import { domainVerdict, type Account } from '@trunkline/domain';
import type { AccountId } from '@trunkline/kernel';
import { ingestStatus, readNote, saveAndAnnounceAll, viewStatus } from '@trunkline/social';
import { boostable, boostOf } from '../apply-activity/announce.js';
import { bringPost } from './bring-post.js';
import type { ReadPorts, ReadingRun } from './ports.js';
import type { ReadingLimits } from './reading-budget.js';
import { walkPages } from './walk-pages.js';

/** What a person looks at of a profile: two screens. */
export const OUTBOX_LIMITS: ReadingLimits = { documentsMax: 80, pagesMax: 4, perHostMax: 44, msMax: 60_000 };
const POSTS_MAX = 40;
/** Of these, boosts: each leads to another server. */
const BOOSTS_MAX = 20;

/**
 * Reads the newest public posts of somebody elsewhere from their outbox. What stands inline came from the author's own
 * server under an id of that server, and is theirs; everything else is read at its own id, what they boosted too.
 * @returns how many posts and boosts came
 */
export async function readOutbox(ports: ReadPorts, accountId: AccountId, run: ReadingRun): Promise<number> {
  const [account] = await ports.store.accountsByIds([accountId]);
  if (account === undefined || !isReadable(ports, account) || account.outboxUrl === null) return 0;
  let [found, looked, boosts] = [0, 0, 0];
  for await (const page of walkPages(ports.remote, { items: [], next: account.outboxUrl }, { ownerUri: account.uri, budget: run.budget })) {
    for (const item of page) {
      if (looked >= POSTS_MAX || !run.budget.goesOn) return found;
      const [post, boost] = [postIn(item, account), boostIn(item, account)];
      if (post === null && (boost === null || boosts >= BOOSTS_MAX)) continue;
      looked += 1;
      if (boost !== null) boosts += 1;
      if (post === null ? boost !== null && (await takeBoost(ports, account, boost, run)) : await take(ports, account, post, run)) found += 1;
    }
    await run.tell(found);
  }
  return found;
}

const isReadable = (ports: ReadPorts, account: Account): boolean =>
  account.domain !== null && account.deletedAt === null && account.suspendedAt === null && !domainVerdict(ports.policy.current(), account.domain).suspended;

/** The post of a Create, or the post itself; null for everything else. */
function postIn(item: ObjectRef, account: Account): ObjectRef | null {
  if (item.json === null) return item;
  if (typesOf(item.json).some(isNoteType)) return item;
  if (!typesOf(item.json).includes('Create')) return null;
  const post = refOf(item.json['object']);
  return post.uri !== null && sameHost(post.uri, account.uri) ? post : null;
}

interface Boost {
  readonly activity: IncomingActivity & { readonly id: string };
  readonly uri: string;
}

/** An Announce by the owner, under an id of their server. */
function boostIn(item: ObjectRef, account: Account): Boost | null {
  if (item.json === null || !typesOf(item.json).includes('Announce')) return null;
  const read = parseActivity(item.json);
  const facts = read.ok ? activityFacts(read.value) : null;
  const uri = facts?.ok === true ? boostedUri(facts.value, account) : null;
  if (!read.ok || uri === null) return null;
  const { id, actorUri } = read.value;
  return id !== null && actorUri === account.uri && sameHost(id, account.uri) ? { activity: { ...read.value, id }, uri } : null;
}

/** What a group passes on as a Create stands in its outbox as well (FEP-1b12). */
function boostedUri(facts: ActivityFacts, { actorType }: Account): string | null {
  if (facts.kind === 'boost') return facts.uri;
  const isPassedOn = facts.kind === 'group-delivery' && actorType === 'Group' && facts.facts.kind === 'create';
  return isPassedOn && facts.facts.kind === 'create' ? (facts.facts.posts[0]?.uri ?? null) : null;
}

/** As it would have come by itself, but that nobody is told. One that was undone stays so. */
async function takeBoost(ports: ReadPorts, account: Account, { activity, uri }: Boost, run: ReadingRun): Promise<boolean> {
  if ((await ports.store.statusesByUris([activity.id])).length > 0) return false;
  const post = await bringPost(ports, uri, run);
  // Answers within a group stand in their threads.
  if (account.actorType === 'Group' && post !== null && (post.inReplyToId !== null || post.inReplyToUri !== null)) return false;
  const target = post === null ? null : boostable(await viewStatus(ports, account.id, post.id), account);
  if (target?.ok !== true) return false;
  const status = boostOf(ports, account, target.value, activity);
  const [saved] = await ports.store.transaction((tx) => saveAndAnnounceAll(tx, [{ status, quiet: true }]));
  return saved != null;
}

async function take(ports: ReadPorts, account: Account, post: ObjectRef, run: ReadingRun): Promise<boolean> {
  if (post.uri === null || !sameHost(post.uri, account.uri)) return false;
  if ((await ports.store.statusesByUris([post.uri])).length > 0) return false;
  const json = isTheirs(post, account) ? post.json : await fetched(ports, account, post.uri, run);
  const read = json === null ? null : await readNote(ports, json);
  if (read === null || !read.ok || read.value.author.id !== account.id) return false;
  const { note, author } = read.value;
  if (note.visibility !== 'public' && note.visibility !== 'unlisted') return false;
  return (await ingestStatus(ports, author, note, { fetched: true })) === 'stored';
}

/** An outbox is served by its owner's server: what it shows inline of theirs is as good as fetched (FEP-fe34). */
function isTheirs(post: ObjectRef, account: Account): boolean {
  const note = post.json === null ? null : parseNote(post.json);
  return note?.ok === true && note.value.attributedTo === account.uri && sameHost(note.value.uri, account.uri);
}

/** The post at an id, or the one within the activity there. */
async function fetched(ports: ReadPorts, account: Account, uri: string, run: ReadingRun): Promise<ObjectRef['json']> {
  if (!run.budget.takeDocument(uri)) return null;
  const document = await ports.remote.fetchObject(uri);
  const found = document.ok ? refOf(document.value.json) : null;
  if (found === null || found.json === null) return null;
  const post = postIn(found, account);
  if (post === null || post === found || isTheirs(post, account)) return post?.json ?? null;
  if (post.uri === null || !run.budget.takeDocument(post.uri)) return null;
  const again = await ports.remote.fetchObject(post.uri);
  return again.ok ? refOf(again.value.json).json : null;
}
