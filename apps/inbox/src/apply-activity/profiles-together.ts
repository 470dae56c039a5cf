import type { RemoteActor } from '@trunkline/activitypub';
import { keptHandle, readProfile } from '@trunkline/social';
import { readPinsLater } from './actor.js';
import { inTurns } from './in-turns.js';
import type { ApplyPorts } from './ports.js';
import type { ProfileCandidate } from './candidate-kinds.js';
import type { Knowledge } from './together-knowledge.js';
import { replaceKeys } from './update.js';
import type { VerdictBook } from './verdict-book.js';
import { APPLIED, ignored } from './verdict.js';

/** The rules of `update.ts` for profiles, for many who keep their handles. */
export async function applyProfiles(ports: ApplyPorts, book: VerdictBook, profiles: readonly ProfileCandidate[], { people }: Knowledge): Promise<void> {
  const read = await inTurns(profiles, (one) => {
    const account = people.get(one.row.actorUri);
    if (account === undefined) book.note(one.row.id, ignored('unknown_actor'));
    const handle = account === undefined ? null : keptHandle(account, one.actor);
    return account === undefined || handle === null ? null : { ...one, account, read: readProfile(ports, one.actor, handle) };
  });
  const wanted = read.filter((one) => one !== null);
  if (wanted.length === 0) return;
  // A memory only, hence not of the transaction: when that fails they are replaced once more.
  await replaceKeys(ports, wanted.map(({ actor }): RemoteActor => actor));
  await book.write(async (tx) => {
    await tx.noteEmojis(wanted.flatMap(({ read }) => read.newer));
    await tx.refreshAccounts(wanted.map(({ read }) => read.profile));
    return new Map(wanted.map(({ row }) => [row.id, APPLIED]));
  });
  for (const { account } of wanted) readPinsLater(ports, account);
}
