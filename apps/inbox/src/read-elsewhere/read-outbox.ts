import { isNoteType, parseNote, refOf, sameHost, typesOf, type ObjectRef } from '@trunkline/activitypub';
import { domainVerdict, type Account } from '@trunkline/domain';
import type { AccountId } from '@trunkline/kernel';
import { ingestStatus, readNote } from '@trunkline/social';
import type { ReadPorts, ReadingRun } from './ports.js';
import type { ReadingLimits } from './reading-budget.js';
import { walkPages } from './walk-pages.js';

/** What a person looks at of a profile: two screens. */
export const OUTBOX_LIMITS: ReadingLimits = { documentsMax: 40, pagesMax: 4, perHostMax: 44, msMax: 60_000 };
const POSTS_MAX = 40;

/**
 * Reads the newest public posts of somebody elsewhere from their outbox. What stands inline came from the author's own
 * server under an id of that server, and is theirs; everything else is read at its own id. Boosts are left out.
 * @returns how many posts came
 */
export async function readOutbox(ports: ReadPorts, accountId: AccountId, run: ReadingRun): Promise<number> {
  const [account] = await ports.store.accountsByIds([accountId]);
  if (account === undefined || !isReadable(ports, account) || account.outboxUrl === null) return 0;
  let [found, looked] = [0, 0];
  for await (const page of walkPages(ports.remote, { items: [], next: account.outboxUrl }, { ownerUri: account.uri, budget: run.budget })) {
    for (const item of page) {
      if (looked >= POSTS_MAX || !run.budget.goesOn) return found;
      const post = postIn(item, account);
      if (post === null) continue;
      looked += 1;
      if (await take(ports, account, post, run)) found += 1;
    }
    await run.tell(found);
  }
  return found;
}

const isReadable = (ports: ReadPorts, account: Account): boolean =>
  account.domain !== null && account.deletedAt === null && account.suspendedAt === null && !domainVerdict(ports.policy.current(), account.domain).suspended;

/** The post of a Create, or the post itself; null for boosts and everything else. */
function postIn(item: ObjectRef, account: Account): ObjectRef | null {
  if (item.json === null) return item;
  if (typesOf(item.json).some(isNoteType)) return item;
  if (!typesOf(item.json).includes('Create')) return null;
  const post = refOf(item.json['object']);
  return post.uri !== null && sameHost(post.uri, account.uri) ? post : null;
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
