import type { AccountId } from '@trunkline/kernel';
import type { LeaveCandidate } from './candidate-kinds.js';
import { endAccounts, LEFT_AT_ONCE } from './delete.js';
import type { ApplyPorts } from './ports.js';
import type { Knowledge } from './together-knowledge.js';
import type { VerdictBook } from './verdict-book.js';
import { APPLIED, ignored } from './verdict.js';

/** Transactions that erase for a batch; who leaves more behind goes alone, and holds up nobody. */
const ERASES_MAX = 8;

/** The rules of `delete.ts` for accounts, for many at once: a server that closes ends all of its people within minutes. */
export async function applyLeaves(ports: ApplyPorts, book: VerdictBook, leaves: readonly LeaveCandidate[], { people }: Knowledge): Promise<void> {
  const known = leaves.flatMap(({ row }) => {
    const actor = people.get(row.actorUri);
    if (actor === undefined) book.note(row.id, ignored('unknown_actor'));
    return actor === undefined ? [] : [{ actor, rowId: row.id, trace: row.trace }];
  });
  if (known.length === 0 || !(await isErased(ports, known.map(({ actor }) => actor.id)))) return;
  await book.write(async (tx) => {
    await endAccounts(tx, known);
    return new Map(known.map(({ rowId }) => [rowId, APPLIED]));
  });
  await ports.keys.replaceOwned(known.map(({ actor }) => actor.uri), []);
}

/** Whether what is left of them is little. */
async function isErased({ store }: ApplyPorts, accountIds: readonly AccountId[]): Promise<boolean> {
  for (let erases = 0; erases < ERASES_MAX; erases += 1) {
    if ((await store.transaction((tx) => tx.eraseSome(accountIds))) < LEFT_AT_ONCE) return true;
  }
  return false;
}
