import { StatusDeletedV1 } from '@trunkline/contracts';
import type { Status } from '@trunkline/domain';
import type { StatusId } from '@trunkline/kernel';
import type { SocialPorts } from '../ports/social-ports.js';
import type { SocialTransaction } from '../ports/social-store.js';
import { tracesOf, type Caused } from './caused.js';

export type DoomedStatus = Pick<Status, 'id' | 'accountId' | 'boostOfId' | 'local'>;

/** Leaves a tombstone and announces it. False: it was deleted before. */
export function deleteStatus(ports: Pick<SocialPorts, 'store'>, status: DoomedStatus): Promise<boolean> {
  return ports.store.transaction((tx) => deleteStatusIn(tx, status));
}

export const deleteStatusIn = async (tx: SocialTransaction, status: DoomedStatus): Promise<boolean> => (await deleteStatusesIn(tx, [{ status }])).has(status.id);

/** Many, each once. @returns those that were not deleted before */
export async function deleteStatusesIn(tx: SocialTransaction, doomed: readonly Caused<{ readonly status: DoomedStatus }>[]): Promise<Set<StatusId>> {
  const deleted = await tx.deleteStatuses(doomed.map(({ status }) => status.id));
  const gone = doomed.filter(({ status }) => deleted.has(status.id));
  const payloads = gone.map(({ status: { id, accountId, boostOfId, local } }) => ({ statusId: id, authorId: accountId, boostOfId, local }));
  await tx.appendEvents(StatusDeletedV1, payloads, tracesOf(gone));
  return deleted;
}
