import type { Account } from '@trunkline/domain';
import type { StatusId } from '@trunkline/kernel';
import { isVisible, loadStatuses, peopleIn, viewerOf, type StatusView } from '@trunkline/social';
import type { ApplyPorts } from './ports.js';
import type { Knowledge } from './together-knowledge.js';

/** Somebody looks at what has this uri. */
interface Look {
  readonly actorUri: string;
  readonly uri: string;
}

/** Everything that says who sees what of all this, in three questions. @returns the status as the actor sees it; null: not at all */
export async function sightOf(ports: ApplyPorts, looks: readonly Look[], { people, statuses }: Knowledge): Promise<(actor: Account, statusId: StatusId) => StatusView | null> {
  const ids = [...new Set(looks.flatMap(({ uri }) => statuses.get(uri)?.id ?? []))];
  const { views } = ids.length === 0 ? { views: new Map<StatusId, StatusView>() } : await loadStatuses(ports, null, ids);
  const all = [...views.values()].flatMap((view) => [view.status, ...(view.boosted === null ? [] : [view.boosted.status])]);
  const actorIds = [...new Set(looks.flatMap(({ actorUri }) => people.get(actorUri)?.id ?? []))];
  const ties = await ports.store.tiesOfMany(actorIds, peopleIn(all));
  return (actor, statusId) => {
    const view = views.get(statusId);
    return view !== undefined && isVisible(ports, view, viewerOf(actor.id, ties.get(actor.id) ?? new Map())) ? view : null;
  };
}
