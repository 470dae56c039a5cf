import { sameHost } from '@trunkline/activitypub';
import { AccountDeletedV1 } from '@trunkline/contracts';
import type { Account, Status } from '@trunkline/domain';
import { deleteStatus, type SocialTransaction } from '@trunkline/social';
import { withdrawLeave } from './answered-leave.js';
import { revokeByStamp } from './answered-quote.js';
import { forwardRevoked } from './forward-answer.js';
import { tombstone } from './tombstones.js';
import type { ApplyPorts, Incoming } from './ports.js';
import { APPLIED, ignored, type Verdict } from './verdict.js';

/**
 * An actor ends, or one of its posts does (its IRI, a Tombstone or the whole object: the id says it). A post that is
 * not here leaves a tombstone, so that a Create which was overtaken never brings it to life.
 */
export async function applyDelete(ports: ApplyPorts, { rowId, activity, actor, facts }: Incoming<'delete'>): Promise<Verdict> {
  if (facts.what === 'account') return actor === null ? ignored('unknown_actor') : deleteActor(ports, actor);
  if (facts.what === 'stamp') {
    // A quote that asks for it later finds it gone at its own server.
    const revoked: Status[] = [];
    const verdict = await revokeByStamp(ports, facts.uri, actor, (quoting) => void revoked.push(quoting));
    await forwardRevoked(ports, rowId, activity, revoked);
    return verdict ?? (await withdrawLeave(ports, facts.uri, actor)) ?? ignored('unknown_stamp');
  }
  return deleteOwnStatus(ports, facts.uri, activity.actorUri, actor);
}

/** What ending somebody takes. */
export interface DeleteActorPorts {
  readonly store: Pick<ApplyPorts['store'], 'transaction'>;
  readonly keys: Pick<ApplyPorts['keys'], 'deleteByOwner'>;
}

/** So much can be left to the transaction that ends an account. */
export const LEFT_AT_ONCE = 500;

/** A remote account and all that is of it, in transactions of a bounded size: until the last one the account stands, and ends when the activity comes again. */
export async function deleteActor(ports: DeleteActorPorts, actor: Account): Promise<Verdict> {
  while ((await ports.store.transaction((tx) => tx.eraseSome([actor.id]))) >= LEFT_AT_ONCE);
  await ports.store.transaction((tx) => endAccounts(tx, [{ actor }]));
  await ports.keys.deleteByOwner(actor.uri);
  return APPLIED;
}

/** Of what little is left of them, and tells it. */
export async function endAccounts(tx: SocialTransaction, ended: readonly { readonly actor: Account; readonly trace?: string | null }[]): Promise<void> {
  await tx.deleteAccounts(ended.map(({ actor }) => actor.id));
  const traces = ended.some(({ trace }) => trace !== undefined) ? ended.map(({ trace }) => trace ?? null) : undefined;
  await tx.appendEvents(AccountDeletedV1, ended.map(({ actor }) => ({ accountId: actor.id, local: false })), traces);
}

/** Deletes what the actor itself wrote or boosted. On the same host, too, only the author counts. */
export async function deleteOwnStatus(ports: ApplyPorts, uri: string, actorUri: string, actor: Account | null): Promise<Verdict> {
  if (!sameHost(uri, actorUri)) return ignored('foreign_object');
  const [before] = await ports.store.statusesByUris([uri]);
  if (before !== undefined && before.accountId !== actor?.id) return ignored('foreign_author');
  await tombstone(ports, uri, actorUri);
  // Looked up again after the tombstone: a Create that ran meanwhile is either seen here or finds the tombstone.
  const [status] = await ports.store.statusesByUris([uri]);
  // A bare id may be that of a stamp as well.
  if (status === undefined) return (await revokeByStamp(ports, uri, actor)) ?? (await withdrawLeave(ports, uri, actor)) ?? APPLIED;
  if (status.accountId !== actor?.id || status.local) return ignored('foreign_author');
  await deleteStatus(ports, status);
  return APPLIED;
}
