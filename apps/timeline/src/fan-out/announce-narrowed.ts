import type { EventOf, LiveUserMessage, StatusEditedV1 } from '@trunkline/contracts';
import { feedVerdict, sightFor, type StatusFacts, type TimelineFacts, type Viewer } from '@trunkline/domain';
import type { AccountId, StatusId } from '@trunkline/kernel';
import { loadStatuses, timelineFacts, type StatusView } from '@trunkline/social';
import { isLate, unlessAway, type FanOutPorts } from './ports.js';
import { walkReaders, type Answer, type Walk } from './walk-readers.js';

type Edited = EventOf<typeof StatusEditedV1>;

/** Of what is boosted and then for fewer people, so many boosts are taken off streams; the rule hides them all when they are read. */
const BOOSTS_MAX = 100;

/** Whether an edit left some of those who saw a status without it. */
export const isForFewer = ({ narrowedFrom, droppedIds = [] }: Edited): boolean => narrowedFrom !== undefined || droppedIds.length > 0;

/**
 * A status is for fewer people than before. Who may see it still is told how it reads now, everybody else who may have it on their
 * screen that it is gone; so with what boosts it.
 *
 * @returns what went wrong, by event id
 */
export async function announceNarrowed(ports: FanOutPorts, events: readonly Edited[]): Promise<Map<string, unknown>> {
  if (events.length === 0) return new Map();
  const { views } = await loadStatuses(ports, null, [...new Set(events.map(({ statusId }) => statusId))]);
  const walks = new Map<Walk, string>();
  for (const event of events) {
    const view = views.get(event.statusId);
    if (view === undefined || view.status.deletedAt !== null) continue;
    const before = factsBefore(timelineFacts(ports, view).status, event);
    walks.set(await walkOf(ports, view, { before, dropped: new Set(event.droppedIds as AccountId[] | undefined) }), event.eventId);
    for (const boost of await boostsOf(ports, event.statusId)) walks.set(await walkOf(ports, boost, { before, dropped: new Set() }), event.eventId);
    if (event.narrowedFrom === 'public') {
      ports.live.toPublic({ type: 'status.update', narrowed: true, statusId: view.status.id, authorId: view.author.id, local: view.status.local, hasMedia: view.status.media.length > 0, tags: [] });
    }
  }
  const failed = await walkReaders(ports, [...walks.keys()]);
  return new Map([...failed].map(([walk, error]) => [walks.get(walk) ?? '', error]));
}

/** What decided who may see it until now. */
const factsBefore = (facts: StatusFacts, { narrowedFrom, droppedIds = [] }: Edited): StatusFacts => ({
  ...facts,
  visibility: narrowedFrom ?? facts.visibility,
  mentionedIds: new Set([...facts.mentionedIds, ...(droppedIds as AccountId[])]),
});

async function boostsOf(ports: FanOutPorts, statusId: StatusId): Promise<StatusView[]> {
  const entries = await ports.store.boostedByIds(statusId, { maxId: null, sinceId: null, minId: null, limit: BOOSTS_MAX });
  if (entries.length === 0) return [];
  const { views } = await loadStatuses(ports, null, entries.map(({ entryId }) => entryId));
  return [...views.values()].filter(({ status }) => status.deletedAt === null);
}

/** How the status stood, and who was named by it alone. */
interface Before {
  readonly before: StatusFacts;
  readonly dropped: ReadonlySet<AccountId>;
}

async function walkOf(ports: FanOutPorts, view: StatusView, { before, dropped }: Before): Promise<Walk> {
  const now = timelineFacts(ports, view);
  const was: TimelineFacts = now.boosted === null ? { ...now, status: before } : { ...now, boosted: { ...now.boosted, status: before } };
  const { id } = view.status;
  const isPulled = (await ports.pulled.among([view.author])).has(view.author.id);
  const message: LiveUserMessage = { type: 'status.update', statusId: id, narrowed: true };
  return {
    item: was,
    // `keep`: who had it and loses it.
    judge: (viewer): Answer => {
      if (!hadIt(was, viewer) && !dropped.has(viewer.id)) return 'leave';
      return sightFor(now.status, now.boosted?.status ?? null, viewer) === 'visible' ? 'show' : 'keep';
    },
    give: async (readers, answer) => {
      // Of a boost, who follows the boosted author as well may go on seeing it.
      if (answer !== 'show' && view.boosted === null) await unlessAway(() => ports.feeds.remove(readers, [id]));
      // Whom a direct message names is whom it is for.
      if (answer === 'show' && view.status.visibility === 'direct') await unlessAway(async () => void (await ports.feeds.push(readers, id, { again: true, late: isLate(ports, id) })));
      ports.live.toHomes(readers, message);
    },
    instead: isPulled ? (told) => ports.live.toFollowers(view.author.id, told, message) : undefined,
  };
}

const hadIt = (was: TimelineFacts, viewer: Viewer): boolean => ['show', 'apart'].includes(feedVerdict(was, viewer));
