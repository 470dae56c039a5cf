import type { Snowflake } from '@trunkline/kernel';
import { blockAll, unblockAll, type GivenBlock } from '@trunkline/social';
import { refreshLater } from './actor.js';
import type { TieCandidate } from './candidate-kinds.js';
import type { ApplyPorts } from './ports.js';
import type { Knowledge } from './together-knowledge.js';
import type { VerdictBook } from './verdict-book.js';
import { APPLIED, ignored, type Verdict } from './verdict.js';

/** The rules of `block.ts`, for many at once. */
export async function applyBlocks(ports: ApplyPorts, book: VerdictBook, blocks: readonly TieCandidate[], { people, here }: Knowledge): Promise<void> {
  const given: (GivenBlock & { readonly rowId: Snowflake })[] = [];
  for (const { row, read, targetId } of blocks) {
    const [actor, target] = [people.get(row.actorUri), here.get(targetId)];
    if (target === undefined || target.deletedAt !== null) book.note(row.id, ignored('unknown_target'));
    else if (actor !== undefined) given.push({ rowId: row.id, accountId: actor.id, targetId, uri: read.activity.id, trace: row.trace });
  }
  if (given.length > 0) {
    await book.write(async (tx) => {
      // An Undo that comes at this moment finds it, or leaves its mark first.
      await tx.holdOff(given.flatMap(({ uri }) => uri ?? []), []);
      const outcomes = await blockAll(tx, ports.ids, given);
      return new Map(given.map(({ rowId }, index): [Snowflake, Verdict] => [rowId, outcomes[index] === 'undone' ? ignored('undone') : APPLIED]));
    });
  }
  for (const actorUri of new Set(blocks.map(({ row }) => row.actorUri))) {
    const actor = people.get(actorUri);
    if (actor !== undefined) refreshLater(ports, actor);
  }
}

/** Undo of Blocks, for many at once. */
export async function applyUnblocks(book: VerdictBook, unblocks: readonly TieCandidate[], { people, here }: Knowledge): Promise<void> {
  if (unblocks.length === 0) return;
  await book.write(async (tx) => {
    await tx.addTombstones(unblocks.flatMap(({ row, undoneUri }) => (undoneUri === null ? [] : [{ uri: undoneUri, actorUri: row.actorUri }])));
    await unblockAll(tx, unblocks.flatMap(({ row, targetId }) => {
      const actor = people.get(row.actorUri);
      return actor === undefined || !here.has(targetId) ? [] : [{ accountId: actor.id, targetId, trace: row.trace }];
    }));
    return new Map(unblocks.map(({ row }): [Snowflake, Verdict] => [row.id, APPLIED]));
  });
}
