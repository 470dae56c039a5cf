import { sightFor, type TimelineFacts, type Viewer } from '@trunkline/domain';
import type { AccountId, StatusId } from '@trunkline/kernel';
import { loadStatuses, timelineFacts, type SocialPorts, type StatusView } from '@trunkline/social';

/** How much of a thread is shown; strangers get less. As in Mastodon's ContextsController (4.6). */
const SIGNED_IN = { ancestors: 4_096, descendants: 4_096 };
const STRANGER = { ancestors: 40, descendants: 60 };

export interface Thread {
  /** The root first. */
  readonly ancestors: readonly StatusView[];
  /** Each answer with its own answers below it. */
  readonly descendants: readonly StatusView[];
  /** The topmost post that is known here, whether or not it is shown. */
  readonly rootId: StatusId;
  /** Whether any of it came from elsewhere. */
  readonly hasRemote: boolean;
}

/** What stands above and below a status that the viewer may see, each judged for itself. */
export async function readThread(ports: Pick<SocialPorts, 'store' | 'policy'>, viewerId: AccountId | null, statusId: StatusId): Promise<Thread> {
  const limits = viewerId === null ? STRANGER : SIGNED_IN;
  const [above, below] = await Promise.all([
    ports.store.ancestorIds(statusId, limits.ancestors),
    ports.store.descendantIds(statusId, limits.descendants),
  ]);
  const { views, viewer } = await loadStatuses(ports, viewerId, [...above, ...below]);
  const shown = (ids: readonly StatusId[]): StatusView[] =>
    ids.flatMap((id) => {
      const view = views.get(id);
      return view !== undefined && belongsInThread(timelineFacts(ports, view), viewer) ? [view] : [];
    });
  const hasRemote = [...views.values()].some((view) => !view.status.local);
  return { ancestors: shown(above), descendants: shown(below), rootId: above[0] ?? statusId, hasRemote };
}

/**
 * Whether a status shows in a thread: it is visible, and its author is neither muted nor, unless followed, limited.
 * @see Mastodon app/lib/status_filter.rb (4.6)
 */
export function belongsInThread(facts: TimelineFacts, viewer: Viewer | null): boolean {
  const { status, boosted } = facts;
  if (sightFor(status, boosted?.status ?? null, viewer) !== 'visible') return false;
  if (viewer === null) return !facts.authorSilenced;
  if (viewer.id === status.authorId) return true;
  const ties = viewer.tiesTo(status.authorId);
  return !ties.mutes && !ties.blocksDomain && (!facts.authorSilenced || ties.follows);
}
