import { sightFor, type TimelineFacts, type Viewer } from '@trunkline/domain';
import type { AccountId, StatusId } from '@trunkline/kernel';
import type { SocialPorts } from '../ports/social-ports.js';
import { loadStatuses, timelineFacts, type StatusView } from './load-statuses.js';
import type { StatusReader } from './status-reader.js';

type Reading = Pick<SocialPorts, 'store' | 'policy'>;

/** Whether the viewer may see it: the one visibility rule, moderation and the boosted status included. */
export function isVisible(ports: Pick<SocialPorts, 'policy'>, view: StatusView, viewer: Viewer | null): boolean {
  return isInSight(timelineFacts(ports, view), viewer);
}

export const isInSight = (facts: TimelineFacts, viewer: Viewer | null): boolean =>
  sightFor(facts.status, facts.boosted?.status ?? null, viewer) === 'visible';

/** The visible ones among ids, in the order asked for. Hidden and unknown ones are left out alike. */
export async function viewStatuses(
  ports: Reading,
  viewerId: AccountId | null,
  ids: readonly StatusId[],
): Promise<StatusView[]> {
  const { views, viewer } = await loadStatuses(ports, viewerId, ids);
  return ids.flatMap((id) => {
    const view = views.get(id);
    return view !== undefined && isVisible(ports, view, viewer) ? [view] : [];
  });
}

/** One status, or null when it is unknown, deleted or hidden: a stranger cannot tell which. */
export async function viewStatus(ports: Reading, viewerId: AccountId | null, id: StatusId): Promise<StatusView | null> {
  return (await viewStatuses(ports, viewerId, [id]))[0] ?? null;
}

/** The most that is loaded at once for one page. */
const ROUND_MAX = 200;

/** How many to look at in a round of filling a page: ever more, since who hides a whole page mostly goes on. */
const roundLimit = (limit: number, round: number): number => Math.max(limit, Math.min(limit * 4 ** round, ROUND_MAX));

/**
 * Fills a page from a source of ids that rules thin out: asks again for more until the page is full, the source
 * is empty or `rounds` are used up. Without this, a page of hidden posts would look like the end.
 */
export async function fillPage<V extends { readonly status: { readonly id: StatusId } }>(
  reader: StatusReader<V>,
  query: {
    viewerId: AccountId | null;
    limit: number;
    rounds: number;
    /** The next ids, newest first (oldest first when paging up), after the last one given. */
    next: (after: StatusId | null, limit: number) => Promise<StatusId[]>;
    keep: (facts: TimelineFacts, viewer: Viewer | null) => boolean;
  },
): Promise<V[]> {
  const page: V[] = [];
  let after: StatusId | null = null;
  for (let round = 0; round < query.rounds && page.length < query.limit; round += 1) {
    const asked = roundLimit(query.limit, round);
    const ids = await query.next(after, asked);
    if (ids.length === 0) break;
    const { views, viewer } = await reader.load(query.viewerId, ids);
    for (const id of ids) {
      const view = views.get(id);
      if (view !== undefined && page.length < query.limit && query.keep(reader.factsOf(view), viewer)) page.push(view);
    }
    after = ids.at(-1) ?? null;
    if (ids.length < asked) break;
  }
  return page;
}
