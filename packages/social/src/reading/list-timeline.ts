import { LIST_MEMBERS_MAX, listVerdict, type List, type Page, type TimelineFacts, type Viewer } from '@trunkline/domain';
import type { AccountId, StatusId } from '@trunkline/kernel';
import type { ListStore } from '../ports/list-store.js';
import type { SocialReads } from '../ports/social-store.js';
import { HEAD_MARGIN, withoutRepeats, type Shown } from './home-feed.js';
import type { StatusReader } from './status-reader.js';
import { pageThrough, type Readable } from './timelines.js';

export interface ListPorts {
  readonly store: Pick<SocialReads, 'boostTargets'>;
  readonly lists: Pick<ListStore, 'statusIds' | 'members'>;
}

/**
 * The timeline of a list of the viewer's own, looked up at each read: nobody's posts are pushed to lists. Boosts of what is shown shortly before are left
 * out, as at home.
 */
export async function listTimeline<V extends Readable>(ports: ListPorts, reader: StatusReader<V>, list: List, page: Page): Promise<V[]> {
  const members = await membersOf(ports, list);
  const keep = (facts: TimelineFacts, viewer: Viewer | null): boolean =>
    viewer !== null && listVerdict(facts, viewer, { repliesPolicy: list.repliesPolicy, isMember: (id) => members.has(id) }) === 'show';
  const shown: Shown = async (ids) => {
    const { views, viewer } = await reader.load(list.accountId, ids);
    return new Set([...views].filter(([, view]) => keep(reader.factsOf(view), viewer)).map(([id]) => id));
  };
  return pageThrough(reader, list.accountId, page, { keep, source: async (bounds) => withoutRepeats(ports, await around(ports, list, bounds), bounds, shown) });
}

async function membersOf({ lists }: ListPorts, list: List): Promise<ReadonlySet<AccountId>> {
  const entries = await lists.members(list.id, { limit: LIST_MEMBERS_MAX, maxId: null, sinceId: null, minId: null });
  return new Set(entries.map(({ id }) => id));
}

/** What a page shows, and before it what its boosts may repeat. */
async function around({ lists }: ListPorts, list: List, { maxId, minId, limit }: Page): Promise<StatusId[]> {
  const most = limit + HEAD_MARGIN;
  if (minId === null) return lists.statusIds(list, { maxId, sinceId: null, minId: null, limit: most });
  const above = await lists.statusIds(list, { maxId, sinceId: null, minId, limit: most });
  const below = await lists.statusIds(list, { maxId: String(BigInt(minId) + 1n) as StatusId, sinceId: null, minId: null, limit: HEAD_MARGIN });
  return [...above, ...below];
}
