import type { TimelineFacts, Viewer } from '@trunkline/domain';
import type { AccountId, StatusId } from '@trunkline/kernel';
import type { SocialPorts } from '../ports/social-ports.js';
import { loadStatuses, timelineFacts, type StatusView } from './load-statuses.js';

export interface LoadedViews<V> {
  readonly views: ReadonlyMap<StatusId, V>;
  /** null: nobody is signed in. */
  readonly viewer: Viewer | null;
}

/** How ids become statuses that rules can judge, whatever form these have. No rule is applied; unknown ids are left out. */
export interface StatusReader<V extends { readonly status: { readonly id: StatusId } }> {
  load(viewerId: AccountId | null, ids: readonly StatusId[]): Promise<LoadedViews<V>>;
  factsOf(view: V): TimelineFacts;
}

/** Reads whole rows from Postgres. */
export const rowReader = (ports: Pick<SocialPorts, 'store' | 'policy'>): StatusReader<StatusView> => ({
  load: (viewerId, ids) => loadStatuses(ports, viewerId, ids),
  factsOf: (view) => timelineFacts(ports, view),
});
