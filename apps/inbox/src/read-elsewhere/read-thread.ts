import { hostOf, isNoteType, parseNote, refOf, typesOf, type ObjectRef, type RemoteNote } from '@trunkline/activitypub';
import type { Status, Visibility } from '@trunkline/domain';
import type { StatusId } from '@trunkline/kernel';
import { ingestStatus, readNote } from '@trunkline/social';
import type { ReadPorts, ReadingRun } from './ports.js';
import type { ReadingLimits } from './reading-budget.js';
import { WaitingPosts } from './waiting-posts.js';
import { headOf, walkPages, type PageHead } from './walk-pages.js';

/** Half of what Mastodon allows itself (1,000 posts, 500 pages): what a person reads of one thread. */
export const THREAD_LIMITS: ReadingLimits = { documentsMax: 500, pagesMax: 100, perHostMax: 200, msMax: 120_000 };
/** Posts of the thread that are known already and asked for their answers. */
const KNOWN_MAX = 1_000;
const AT_ONCE = 4;
const ACTIVITIES_DEEP_MAX = 2;
/** Answers remembered of what stands inline, of one post and of all: the others stand on pages. */
const INLINE_MAX = 100;
const INLINE_CHARS_MAX = 2 * 1_024 * 1_024;

interface Fetched {
  readonly note: RemoteNote;
  readonly json: NonNullable<ObjectRef['json']>;
}

/**
 * Reads the rest of a thread: from its collection where its server has one (FEP-7888, FEP-f228), else by the `replies` of
 * each post, nearest to the top first. Every post is read at its own id and comes in like any other; it has to answer
 * something of this thread, so that nobody's list brings in strangers.
 * @returns how many posts came
 */
export async function readThread(ports: ReadPorts, rootId: StatusId, run: ReadingRun): Promise<number> {
  const [root] = await ports.store.statusesByIds([rootId]);
  if (root === undefined) return 0;
  const walk = new ThreadWalk(ports, run);
  await walk.begin(root);
  if (!(await walk.byContext(root))) await walk.byReplies();
  return walk.found;
}

class ThreadWalk {
  found = 0;
  /** Ids that were looked at, or need no look. */
  private readonly seen = new Set<string>();
  /** Posts of the thread that are here. */
  private readonly inThread = new Set<string>();
  /** Fetched posts whose parent is not here yet. */
  private readonly waiting = new WaitingPosts<Fetched>();
  private inlineCharsLeft = INLINE_CHARS_MAX;
  /** Posts whose answers have not been read, and what is known of these. */
  private readonly queue: { readonly uri: string; readonly head: PageHead | null }[] = [];

  constructor(
    private readonly ports: ReadPorts,
    private readonly run: ReadingRun,
  ) {}

  async begin(root: Status): Promise<void> {
    const ids = [root.id, ...(await this.ports.store.descendantIds(root.id, KNOWN_MAX))];
    const known = [root, ...(await this.ports.store.statusesByIds(ids.slice(1)))];
    for (const status of known) {
      this.seen.add(status.uri);
      this.inThread.add(status.uri);
      if (!status.local && isOpen(status) && status.deletedAt === null) this.queue.push({ uri: status.uri, head: null });
    }
  }

  /** Whether the thread's own server told of all of it. */
  async byContext(root: Status): Promise<boolean> {
    // Whoever lists a talk among followers shows it to them, not to us.
    const uri = root.local || !isOpen(root) ? null : await this.ports.contextUriOf(root.id);
    const host = uri === null ? null : hostOf(uri);
    if (uri === null || host === null || host === hostOf(this.ports.settings.baseUrl)) return false;
    let items = 0;
    for await (const page of walkPages(this.ports.remote, { items: [], next: uri }, { ownerUri: uri, budget: this.run.budget })) {
      items += page.length;
      await this.take(page.flatMap((ref) => objectUriOf(ref)));
    }
    return items > 0;
  }

  async byReplies(): Promise<void> {
    const { budget } = this.run;
    for (let post = this.queue.shift(); post !== undefined && budget.goesOn; post = this.queue.shift()) {
      const head = post.head ?? (await this.repliesOf(post.uri));
      for await (const page of walkPages(this.ports.remote, head, { ownerUri: post.uri, budget })) await this.take(page.flatMap((ref) => objectUriOf(ref)));
    }
  }

  /** Of a post that is here: its answers were not kept with it. */
  private async repliesOf(uri: string): Promise<PageHead> {
    const fetched = this.run.budget.takeDocument(uri) ? await this.fetchNote(uri) : null;
    return fetched === null ? { items: [], next: null } : headOf(refOf(fetched.json['replies']));
  }

  private async take(uris: readonly string[]): Promise<void> {
    const fresh = [...new Set(uris)].filter((uri) => !this.seen.has(uri) && hostOf(uri) !== hostOf(this.ports.settings.baseUrl));
    const here = new Map((await this.ports.store.statusesByUris(fresh)).map((status) => [status.uri, status]));
    const wanted = fresh.filter((uri) => !here.has(uri) && this.run.budget.takeDocument(uri));
    // Not all that is listed: a hundred pages may list a hundred megabytes.
    for (const uri of [...here.keys(), ...wanted]) this.seen.add(uri);
    for (let at = 0; at < wanted.length; at += AT_ONCE) {
      const fetched = await Promise.all(wanted.slice(at, at + AT_ONCE).map((uri) => this.fetchNote(uri)));
      for (const one of fetched) if (one !== null) await this.offer(one);
      await this.run.tell(this.found);
    }
  }

  private async fetchNote(uri: string): Promise<Fetched | null> {
    const document = await this.ports.remote.fetchObject(uri);
    if (!document.ok || document.value.uri !== uri) return null;
    const json = refOf(document.value.json).json;
    const note = parseNote(json);
    return json !== null && note.ok && note.value.uri === uri ? { note: note.value, json } : null;
  }

  /** Stores a post once its parent is here, and then those that waited for it. */
  private async offer(first: Fetched): Promise<void> {
    for (const ready: Fetched[] = [first]; ready.length > 0; ) {
      const post = ready.pop();
      if (post === undefined) return;
      const { uri, inReplyToUri } = post.note;
      if (inReplyToUri === null) continue;
      if (!this.inThread.has(inReplyToUri)) {
        this.waiting.keep(inReplyToUri, post);
        continue;
      }
      if (!(await this.store(post))) continue;
      this.inThread.add(uri);
      ready.push(...this.waiting.take(uri));
      const { items, next } = headOf(refOf(post.json['replies']));
      this.queue.push({ uri, head: { items: this.remembered(items.slice(0, INLINE_MAX).flatMap((item) => item.uri ?? [])), next } });
    }
  }

  /** What will be looked at later, as far as there is room. */
  private remembered(uris: readonly string[]): ObjectRef[] {
    return uris.filter((uri) => !this.seen.has(uri) && (this.inlineCharsLeft -= uri.length) > 0).map((uri) => ({ uri, json: null }));
  }

  private async store({ json, note: offered }: Fetched): Promise<boolean> {
    const isKnown = (await this.ports.store.accountsByUris([offered.attributedTo])).length > 0;
    // An author to be met costs requests as well.
    if (!isKnown && !this.run.budget.takeDocument(offered.attributedTo)) return false;
    const read = await readNote(this.ports, json);
    if (!read.ok) return false;
    const { note, author } = read.value;
    if (!isOpen(note)) return false;
    const outcome = await ingestStatus(this.ports, author, note, { fetched: true });
    if (outcome === 'stored') this.found += 1;
    return outcome === 'stored' || outcome === 'known';
  }
}

const isOpen = ({ visibility }: { readonly visibility: Visibility }): boolean => visibility === 'public' || visibility === 'unlisted';

/** A list of posts, or (Streams, Hubzilla) of activities about them, which may be those of a container (FEP-171b). */
function objectUriOf(ref: ObjectRef, depth = 0): string[] {
  const isActivity = ref.json !== null && !typesOf(ref.json).some(isNoteType) && ref.json['object'] !== undefined;
  if (isActivity && depth < ACTIVITIES_DEEP_MAX) return objectUriOf(refOf(ref.json?.['object']), depth + 1);
  return ref.uri === null ? [] : [ref.uri];
}
