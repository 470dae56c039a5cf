import { parseLocalUri, type RemoteNote } from '@trunkline/activitypub';
import type { Account } from '@trunkline/domain';
import type { AccountId } from '@trunkline/kernel';
import type { ApplyPorts } from './ports.js';

/** Recipients looked at: the people of this server whom a post names. */
const RECIPIENTS_MAX = 256;

/** Whether anybody here follows the account. */
export const hasLocalFollowers = async (ports: ApplyPorts, account: Pick<Account, 'id'> | null): Promise<boolean> =>
  account !== null && (await ports.store.localFollowersAfter(account.id, null, 1)).length > 0;

/**
 * Whether a post that arrives by itself concerns anybody here: its author is followed, it is addressed to somebody, it
 * answers somebody here or somebody followed from here. Else it is what spam looks like. Whoever blocks its
 * author, or is blocked, is nobody whom it concerns: what is only for them is not kept, and counts nowhere.
 */
export async function concernsUs(ports: ApplyPorts, author: Account | null, note: RemoteNote): Promise<boolean> {
  if (await hasLocalFollowers(ports, author)) return true;
  const [found] = note.inReplyToUri === null ? [] : await ports.store.statusesByUris([note.inReplyToUri]);
  const parent = found === undefined || found.deletedAt !== null ? null : found;
  const named = [...note.to, ...note.cc, ...note.mentions.map((mention) => mention.href)];
  const people = await livingHere(ports, named);
  if (parent?.local === true) people.push(parent.accountId);
  if (people.length > 0 && (await talksToAny(ports, author, people))) return true;
  return parent !== null && !parent.local && hasLocalFollowers(ports, { id: parent.accountId });
}

/** The people of this server among the ids. */
async function livingHere(ports: ApplyPorts, uris: readonly string[]): Promise<AccountId[]> {
  const ids = new Set<AccountId>();
  for (const uri of new Set(uris)) {
    const local = parseLocalUri(ports.settings.baseUrl, uri);
    if (local?.kind === 'actor' && ids.size < RECIPIENTS_MAX) ids.add(local.accountId);
  }
  if (ids.size === 0) return [];
  const accounts = await ports.store.accountsByIds([...ids]);
  return accounts.filter((account) => account.domain === null && account.deletedAt === null).map((account) => account.id);
}

/** Whether there is somebody among the people whom no block parts from the author. */
async function talksToAny(ports: ApplyPorts, author: Account | null, people: readonly AccountId[]): Promise<boolean> {
  if (author === null) return true;
  const ties = await ports.store.viewerTies(author.id, people);
  return people.some((id) => ties.get(id)?.blockedEitherWay !== true);
}
