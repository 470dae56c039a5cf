import type { EventOf, LiveUserMessage, StatusDeletedV1, StatusEditedV1, StatusPublishedV1, StatusTalliedV1 } from '@trunkline/contracts';
import { feedVerdict, mayShowLater, normaliseHashtag, sightOf, type StatusFacts, type TimelineFacts, type Viewer } from '@trunkline/domain';
import type { AccountId, StatusId } from '@trunkline/kernel';
import { loadStatuses, timelineFacts, type StatusView } from '@trunkline/social';
import { announceNarrowed, isForFewer } from './announce-narrowed.js';
import { isLate, unlessAway, type FanOutPorts } from './ports.js';
import { walkReaders, type Answer, type Walk } from './walk-readers.js';

/** An event, and whether it was delivered before. */
export interface Told<E> {
  readonly event: E;
  readonly again: boolean;
}

export interface FannedOut {
  /** How many feeds took each, by event id. */
  readonly feeds: ReadonlyMap<string, number>;
  /** What went wrong, by event id. */
  readonly failed: ReadonlyMap<string, unknown>;
}

const PROGRESS_SECONDS = 3_600;

/** New statuses into the home feeds of their authors and of active local followers, and onto their streams. */
export async function fanOutStatuses(ports: FanOutPorts, told: readonly Told<EventOf<typeof StatusPublishedV1>>[]): Promise<FannedOut> {
  const views = await ports.posts.load(told.map(({ event }) => event.statusId));
  const feeds = new Map<string, number>();
  const pulled = await pulledAmong(ports, views);
  const walks = new Map<Walk, string>();
  for (const { event, again } of told) {
    const view = views.get(event.statusId);
    if (view === undefined) continue;
    const count = (taken: number): void => void feeds.set(event.eventId, (feeds.get(event.eventId) ?? 0) + taken);
    walks.set(await walkOf(ports, { view, again, count, eventId: event.eventId, isPulled: pulled.has(view.author.id) }), event.eventId);
    tellPublic(ports, view, 'update');
  }
  return { feeds, failed: await failures(ports, walks) };
}

/**
 * Open streams are told. Edits change no feed, but for one: whom a direct message names is whom it is for. All others who
 * may see it after the edit have had it in their feeds before, see `mayShowLater`.
 */
export async function announceEdits(ports: FanOutPorts, told: readonly Told<EventOf<typeof StatusEditedV1>>[]): Promise<FannedOut> {
  const narrowed = told.map(({ event }) => event).filter(isForFewer);
  const others = told.filter(({ event }) => !isForFewer(event));
  const done = await announceChanges(ports, others, (view) => view.status.visibility === 'direct');
  return { ...done, failed: new Map([...done.failed, ...(await announceNarrowed(ports, narrowed))]) };
}

/** Open streams are told how a poll stands. No feed changes. */
export const announceTallies = (ports: FanOutPorts, told: readonly Told<EventOf<typeof StatusTalliedV1>>[]): Promise<FannedOut> => announceChanges(ports, told, () => false);

async function announceChanges(
  ports: FanOutPorts,
  told: readonly Told<{ readonly eventId: string; readonly statusId: StatusId }>[],
  mayBeNew: (view: StatusView) => boolean,
): Promise<FannedOut> {
  const views = await viewsOf(ports, told);
  const pulled = await pulledAmong(ports, views);
  const walks = new Map<Walk, string>();
  for (const { event } of told) {
    const view = views.get(event.statusId);
    if (view === undefined) continue;
    const item = timelineFacts(ports, view);
    const message: LiveUserMessage = { type: 'status.update', statusId: event.statusId };
    const instead = pulled.has(view.author.id) ? tellFollowers(ports, view.author.id, message) : undefined;
    const tell = tellStreams(ports, message);
    const give: Walk['give'] = async (readers) => {
      if (mayBeNew(view)) await unlessAway(async () => void (await ports.feeds.push(readers, event.statusId, { again: true, late: isLate(ports, event.statusId) })));
      await tell(readers);
    };
    walks.set({ item, judge: (viewer) => (['show', 'apart'].includes(feedVerdict(item, viewer)) ? 'show' : 'leave'), give, instead }, event.eventId);
    tellPublic(ports, view, 'status.update');
  }
  return { feeds: new Map(), failed: await failures(ports, walks) };
}

/** Takes deleted statuses out of feeds; streams drop them. Nobody else learns that there was something followers-only or direct. */
export async function withdrawStatuses(ports: FanOutPorts, told: readonly Told<EventOf<typeof StatusDeletedV1>>[]): Promise<FannedOut> {
  const { views } = await loadStatuses(ports, null, [...new Set(told.map(({ event }) => event.statusId))]);
  const pulled = await pulledAmong(ports, views);
  const walks = new Map<Walk, string>();
  for (const { event } of told) {
    const { statusId, authorId } = event;
    const view = views.get(statusId);
    if (view === undefined) continue;
    const facts = timelineFacts(ports, view);
    const item = { ...facts, status: asItStood(facts.status) };
    const message: LiveUserMessage = { type: 'delete', statusId };
    const tell = tellStreams(ports, message);
    const instead = pulled.has(view.author.id) ? tellFollowers(ports, view.author.id, message) : undefined;
    const give: Walk['give'] = async (readers) => {
      await tell(readers);
      await unlessAway(() => ports.feeds.remove(readers, [statusId]));
    };
    walks.set({ item, judge: (viewer) => mayHearOfEnd(item.status, viewer), give, instead }, event.eventId);
    if (event.boostOfId === null && item.status.visibility === 'public') {
      ports.live.toPublic({ type: 'delete', statusId, authorId, local: event.local, hasMedia: false, tags: [] });
    }
  }
  return { feeds: new Map(), failed: await failures(ports, walks) };
}

const mayHearOfEnd = (status: StatusFacts, viewer: Viewer): Answer => {
  const ties = viewer.tiesTo(status.authorId);
  const reads = ties.follows || viewer.id === status.authorId;
  return reads && sightOf(status, viewer.id, ties) === 'visible' ? 'show' : 'leave';
};

/** Facts of a tombstone as they were while it could be read; its author may have gone with it. */
const asItStood = (facts: StatusFacts): StatusFacts => ({ ...facts, deleted: false, authorSuspended: false });

async function failures(ports: FanOutPorts, walks: ReadonlyMap<Walk, string>): Promise<Map<string, unknown>> {
  const failed = await walkReaders(ports, [...walks.keys()]);
  return new Map([...failed].map(([walk, error]) => [walks.get(walk) ?? '', error]));
}

async function viewsOf(ports: FanOutPorts, told: readonly Told<{ readonly statusId: StatusId }>[]): Promise<Map<StatusId, StatusView>> {
  const { views } = await loadStatuses(ports, null, [...new Set(told.map(({ event }) => event.statusId))]);
  return new Map([...views].filter(([, view]) => view.status.deletedAt === null));
}

interface Published {
  readonly view: StatusView;
  readonly again: boolean;
  /** Followers look it up. */
  readonly isPulled: boolean;
  readonly eventId: string;
  readonly count: (taken: number) => void;
}

async function walkOf(ports: FanOutPorts, { view, again, isPulled, eventId, count }: Published): Promise<Walk> {
  const item = timelineFacts(ports, view);
  const statusId = view.status.id;
  const message: LiveUserMessage = { type: 'update', statusId };
  const tell = tellStreams(ports, message);
  const key = `fan-out:${eventId}`;
  return {
    item,
    judge: (viewer) => answerOf(item, viewer),
    give: async (readers, answer) => {
      if (answer !== 'tell') await unlessAway(async () => count(await ports.feeds.push(readers, statusId, { again, late: isLate(ports, statusId) })));
      if (answer !== 'keep') await tell(readers);
    },
    instead: isPulled ? tellFollowers(ports, view.author.id, message) : undefined,
    afterId: again ? cursorIn(await ports.progress.get(key)) : null,
    reached: (followerId) => ports.progress.set(key, { after: followerId }, PROGRESS_SECONDS),
  };
}

const cursorIn = (value: unknown): AccountId | null =>
  typeof value === 'object' && value !== null && 'after' in value && typeof value.after === 'string' ? (value.after as AccountId) : null;

function answerOf(item: TimelineFacts, viewer: Viewer): Answer {
  const verdict = feedVerdict(item, viewer);
  if (verdict === 'show') return 'show';
  // In no feed, but in a list that somebody may listen to.
  if (verdict === 'apart') return 'tell';
  return mayShowLater(item, viewer, verdict) ? 'keep' : 'leave';
}

const tellStreams =
  (ports: FanOutPorts, message: LiveUserMessage) =>
  async (readers: readonly AccountId[]): Promise<void> =>
    ports.live.toHomes(readers, message);

const tellFollowers =
  (ports: FanOutPorts, authorId: AccountId, message: LiveUserMessage) =>
  (told: readonly AccountId[]): void =>
    ports.live.toFollowers(authorId, told, message);

const pulledAmong = (ports: FanOutPorts, views: ReadonlyMap<StatusId, StatusView>): Promise<Set<AccountId>> =>
  ports.pulled.among([...views.values()].map(({ author }) => author));

function tellPublic(ports: FanOutPorts, view: StatusView, type: 'update' | 'status.update'): void {
  const { status } = view;
  if (status.visibility !== 'public' || status.boostOfId !== null || timelineFacts(ports, view).authorSilenced) return;
  ports.live.toPublic({
    type,
    statusId: status.id,
    authorId: status.accountId,
    local: status.local,
    hasMedia: status.media.length > 0,
    tags: status.tags.map(normaliseHashtag).filter((tag) => tag !== '').slice(0, 100),
  });
}
