import { parseLocalUri } from '@trunkline/activitypub';
import type { Status } from '@trunkline/domain';
import type { ApplyPorts } from './ports.js';

/** A standing status of this server by its own id; null: there is none. */
export async function localStatusAt(ports: Pick<ApplyPorts, 'store' | 'settings'>, uri: string): Promise<Status | null> {
  const local = parseLocalUri(ports.settings.baseUrl, uri);
  const [status] = local?.kind === 'status' ? await ports.store.statusesByIds([local.statusId]) : [];
  const isIt = status !== undefined && local?.kind === 'status' && status.accountId === local.accountId;
  return isIt && status.local && status.deletedAt === null ? status : null;
}
