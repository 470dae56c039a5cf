import { unreactAll } from '@trunkline/social';
import type { UnreactCandidate } from './candidate-kinds.js';
import { reactionName } from './react.js';
import type { Knowledge } from './together-knowledge.js';
import type { VerdictBook } from './verdict-book.js';
import { APPLIED, type Verdict } from './verdict.js';
import type { Snowflake } from '@trunkline/kernel';

/** Undo of reactions with emojis, for many at once; of each person and status one. */
export async function applyUnreacts(book: VerdictBook, unreacts: readonly UnreactCandidate[], { people, statuses }: Knowledge): Promise<void> {
  if (unreacts.length === 0) return;
  const stones = unreacts.flatMap(({ row, uri }) => (uri === null ? [] : [{ uri, actorUri: row.actorUri }]));
  const unknown = [...new Set(unreacts.map(({ facts }) => facts.uri).filter((uri) => !statuses.has(uri)))];
  await book.write(async (tx) => {
    await tx.holdOff(stones.map(({ uri }) => uri), [...new Set(unreacts.flatMap(({ facts }) => statuses.get(facts.uri)?.id ?? []))]);
    await tx.addTombstones(stones);
    // A post that came meanwhile, and its reaction with it, is seen here; a reaction that comes after this finds the tombstone.
    const come = unknown.length === 0 ? new Map() : new Map((await tx.statusesByUris(unknown)).map((status) => [status.uri, status]));
    await unreactAll(tx, unreacts.flatMap(({ row, facts }) => {
      const [actor, status] = [people.get(row.actorUri), statuses.get(facts.uri) ?? come.get(facts.uri)];
      return actor === undefined || status === undefined ? [] : [{ accountId: actor.id, statusId: status.id, name: reactionName(facts, actor), trace: row.trace }];
    }));
    return new Map(unreacts.map(({ row }): [Snowflake, Verdict] => [row.id, APPLIED]));
  });
}
