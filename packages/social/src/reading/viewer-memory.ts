import { NO_TIES, changeOf, type StatusFlags, type Ties, type Viewer } from '@trunkline/domain';
import { compareIds, type AccountId, type StatusId } from '@trunkline/kernel';
import type { SocialReads } from '../ports/social-store.js';
import type { AllTies, RecentMarks } from '../ports/viewer-rows.js';
import { viewerOf } from '../statuses/viewer.js';
import { IdSet } from './id-set.js';
import type { Changes } from './changes.js';
import { Kept, type Trail } from './kept.js';

/** Ties of a kind that are kept for a person; for whoever has more, Postgres is asked about each page. */
const TIES_MAX = 4_000;
/** Marks of a kind; older ones are asked about. */
const MARKS_MAX = 400;

interface KnownTies {
  readonly follows: IdSet;
  readonly choosy: ReadonlyMap<AccountId, Ties>;
  readonly blocks: IdSet;
  readonly blockedBy: IdSet;
  readonly mutes: IdSet;
}

interface KnownMarks {
  readonly sinceId: StatusId;
  readonly favourites: IdSet;
  readonly boosts: IdSet;
  readonly bookmarks: IdSet;
  readonly pins: IdSet;
}

/** One viewer's ties and marks, as far as this process keeps them; null: to be asked about one by one. */
export interface Remembered {
  readonly ties: KnownTies | null;
  readonly marks: KnownMarks | null;
}

/** See `Reading` of the fragments. */
interface Recalling {
  readonly told: boolean;
  readonly trail?: Trail | undefined;
  readonly leftMsMin?: number | undefined;
}

const NOTHING: Remembered = { ties: null, marks: null };
const FOLLOWED: Ties = Object.freeze({ ...NO_TIES, follows: true });
const NO_FLAGS: StatusFlags = Object.freeze({ favourited: false, boosted: false, bookmarked: false, muted: false, pinned: false });

/** What readers did to people and statuses, kept until it changes. */
export class ViewerMemory {
  private readonly ties: Kept<KnownTies | 'many'>;
  private readonly marks: Kept<KnownMarks>;

  constructor(
    private readonly ports: { readonly store: SocialReads; readonly changes: Changes },
    bytesMax: number,
    nowMs: () => number,
  ) {
    this.ties = new Kept(bytesMax / 2, ports.changes, nowMs);
    this.marks = new Kept(bytesMax / 2, ports.changes, nowMs);
  }

  /** Both, loaded where they are not kept; nothing while changes cannot be told. */
  async recall({ told, trail, leftMsMin }: Recalling, viewerId: AccountId): Promise<Remembered> {
    if (!told) return NOTHING;
    const ties = this.ties.get(viewerId, trail, leftMsMin);
    const marks = this.marks.get(viewerId, trail, leftMsMin);
    if (ties !== undefined && marks !== undefined) return { ties: ties === 'many' ? null : ties, marks };
    const loaded = await Promise.all([ties ?? this.loadTies(viewerId, trail), marks ?? this.loadMarks(viewerId, trail)]);
    return { ties: loaded[0] === 'many' ? null : loaded[0], marks: loaded[1] };
  }

  /** How the viewer stands to these people. */
  async viewer({ ties }: Remembered, viewerId: AccountId, people: () => readonly AccountId[]): Promise<Viewer> {
    if (ties !== null) return { id: viewerId, tiesTo: (id) => tiesTo(ties, id) };
    return viewerOf(viewerId, await this.ports.store.viewerTies(viewerId, people()));
  }

  /** The viewer's marks on these statuses. */
  async flags({ marks }: Remembered, viewerId: AccountId, ids: readonly StatusId[]): Promise<(id: StatusId) => StatusFlags> {
    const unknown = marks === null ? ids : ids.filter((id) => compareIds(id, marks.sinceId) < 0);
    const asked = unknown.length === 0 ? null : await this.ports.store.statusFlags(viewerId, unknown);
    return (id) => asked?.get(id) ?? (marks === null ? NO_FLAGS : flagsOf(marks, id));
  }

  private async loadTies(viewerId: AccountId, trail?: Trail): Promise<KnownTies | 'many'> {
    const since = this.ports.changes.moment;
    const all = await this.ports.store.allTies(viewerId, TIES_MAX);
    const known = all === null ? 'many' : knownTies(all);
    const bytes = known === 'many' ? 0 : known.follows.bytes + known.blocks.bytes + known.blockedBy.bytes + known.mutes.bytes + known.choosy.size * 300;
    // A mute that ends by itself is told by nobody.
    const forMs = all?.mutesEndInMs ?? null;
    this.ties.keep(viewerId, known, { since, names: [changeOf.ties(viewerId)], bytes, ...(forMs === null ? {} : { forMs }) }, trail);
    return known;
  }

  private async loadMarks(viewerId: AccountId, trail?: Trail): Promise<KnownMarks> {
    const since = this.ports.changes.moment;
    const known = knownMarks(await this.ports.store.recentMarks(viewerId, MARKS_MAX));
    const bytes = known.favourites.bytes + known.boosts.bytes + known.bookmarks.bytes + known.pins.bytes;
    this.marks.keep(viewerId, known, { since, names: [changeOf.marks(viewerId)], bytes }, trail);
    return known;
  }
}

const knownTies = (all: AllTies): KnownTies => ({
  follows: IdSet.of(all.follows),
  choosy: new Map(
    all.choosyFollows.map(({ accountId, showsBoosts, languages, apart }) => [accountId, { ...FOLLOWED, showsBoosts, languages, ...(apart ? { apart } : {}) }] as const),
  ),
  blocks: IdSet.of(all.blocks),
  blockedBy: IdSet.of(all.blockedBy),
  mutes: IdSet.of(all.mutes),
});

const knownMarks = (recent: RecentMarks): KnownMarks => ({
  sinceId: recent.sinceId,
  favourites: IdSet.of(recent.favourites),
  boosts: IdSet.of(recent.boosts),
  bookmarks: IdSet.of(recent.bookmarks),
  pins: IdSet.of(recent.pins),
});

function tiesTo(known: KnownTies, id: AccountId): Ties {
  const followed = known.follows.has(id) ? FOLLOWED : (known.choosy.get(id) ?? NO_TIES);
  const blocks = known.blocks.has(id);
  const blockedBy = known.blockedBy.has(id);
  const mutes = known.mutes.has(id);
  return blocks || blockedBy || mutes ? { ...followed, blocks, blockedEitherWay: blocks || blockedBy, mutes } : followed;
}

function flagsOf(known: KnownMarks, id: StatusId): StatusFlags {
  const favourited = known.favourites.has(id);
  const boosted = known.boosts.has(id);
  const bookmarked = known.bookmarks.has(id);
  const pinned = known.pins.has(id);
  return favourited || boosted || bookmarked || pinned ? { ...NO_FLAGS, favourited, boosted, bookmarked, pinned } : NO_FLAGS;
}
