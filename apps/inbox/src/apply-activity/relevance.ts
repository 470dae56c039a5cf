import type { RemoteNote } from '@trunkline/activitypub';
import type { Account } from '@trunkline/domain';
import { localAccountAt } from './actor.js';
import type { ApplyPorts } from './ports.js';

/** Recipients looked at: the people of this server whom a post names. */
const RECIPIENTS_MAX = 256;

/** Whether anybody here follows the account. */
export const hasLocalFollowers = async (ports: ApplyPorts, account: Pick<Account, 'id'> | null): Promise<boolean> =>
  account !== null && (await ports.store.localFollowersAfter(account.id, null, 1)).length > 0;

/**
 * Whether a post that arrives by itself concerns anybody here: its author is followed, it is addressed to somebody, it
 * or it answers somebody here or somebody followed from here. Else it is what spam looks like.
 */
export async function concernsUs(ports: ApplyPorts, author: Account | null, note: RemoteNote): Promise<boolean> {
  if (await hasLocalFollowers(ports, author)) return true;
  const named = new Set([...note.to, ...note.cc, ...note.mentions.map((mention) => mention.href)]);
  for (const uri of [...named].slice(0, RECIPIENTS_MAX)) {
    if ((await localAccountAt(ports, uri)) !== null) return true;
  }
  if (note.inReplyToUri === null) return false;
  const [parent] = await ports.store.statusesByUris([note.inReplyToUri]);
  if (parent === undefined || parent.deletedAt !== null) return false;
  return parent.local || hasLocalFollowers(ports, { id: parent.accountId });
}
