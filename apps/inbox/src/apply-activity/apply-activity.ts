import { activityFacts, hostOf, parseActivity, readTypeOf, type ActivityFacts, type IncomingActivity, type ReadType } from '@trunkline/activitypub';
import { domainVerdict, type Account } from '@trunkline/domain';
import { fail, ok, type Result, type Snowflake } from '@trunkline/kernel';
import { carriesProof, mayBePassedOn, provenByActor } from '../proven-by-actor.js';
import { forwardApplied } from './forward-answer.js';
import { applyForwarded, canAskOrigin } from './forwarded.js';
import { applyGroupDelivery } from './group-delivery.js';
import { HANDLERS } from './handlers.js';
import { applyPassedOn } from './passed-on.js';
import type { ApplyPorts, FactsKind, Handler } from './ports.js';
import { ignored, retry, type Verdict } from './verdict.js';

/** What a suspended account may still do: end and correct what it did before. */
const OF_SUSPENDED: readonly ReadType[] = ['Delete', 'Reject', 'Undo', 'Update'];

/** A committed, verified activity. */
export interface StoredActivity {
  readonly id: Snowflake;
  readonly actorUri: string;
  /** Host of the key that signed; another than the actor's: it was forwarded. */
  readonly signerHost: string;
  readonly body: string;
}

/**
 * Whose rows follow each other: an actor's, as one server brings them. What others pass on in somebody's name may be made up, and must not
 * stand in that person's way.
 */
export const lineOf = ({ actorUri, signerHost }: Pick<StoredActivity, 'actorUri' | 'signerHost'>): string => `${signerHost} ${actorUri}`;

/**
 * Turns one stored activity into state and events. May run twice and beside itself: every effect is guarded by a key
 * of the state it makes. The rules are asked again, since a decision may have fallen after the 202.
 */
export async function applyActivity(ports: ApplyPorts, row: StoredActivity): Promise<Verdict> {
  const read = readStored(ports, row);
  if (!read.ok) return ignored(read.error.code);
  const { activity, host } = read.value;
  const [actor = null] = await ports.store.accountsByUris([activity.actorUri]);
  const refusal = refusalOf(ports, read.value, actor);
  if (refusal !== null && refusal !== 'actor_gone') return ignored(refusal);
  const facts = activityFacts(activity);
  if (!facts.ok) return ignored(facts.error.code);
  if (refusal !== null && !takesBackItsEnd(facts.value)) return ignored(refusal);
  const incoming = { rowId: row.id, activity, actor, facts: facts.value, isFirstHand: row.signerHost === host };
  if (!incoming.isFirstHand) {
    // Passed on by another server: its author's own proof makes it as good as delivered; else the origin is asked. What a
    // relay brings concerns nobody yet.
    const byRelay = await ports.relayBook.isHost(row.signerHost);
    const proof = carriesProof(activity) && mayBePassedOn(activity) ? await provenByActor(ports, row.body, activity.actorUri) : 'unproven';
    if (proof === 'unknown' && !canAskOrigin(activity)) return retry('proof_key_unreachable');
    if (proof !== 'proven' || (byRelay && facts.value.kind === 'create')) return applyForwarded(ports, incoming, byRelay);
    return applyPassedOn(ports, incoming, handle);
  }
  const verdict = await handle(ports, incoming);
  // What was passed on to us is not passed on further: two servers could go on for ever.
  if (verdict.kind === 'applied') await forwardApplied(ports, row.id, activity);
  return verdict;
}

/** Undo(Delete(actor)): the only thing that is heard of somebody who is gone. */
const takesBackItsEnd = (facts: ActivityFacts): boolean =>
  facts.kind === 'undo' && facts.undone.facts?.kind === 'delete' && facts.undone.facts.what === 'account';

const handle: Handler<FactsKind> = async (ports, incoming) => {
  const { facts } = incoming;
  if (facts.kind === 'group-delivery') return applyGroupDelivery(ports, { ...incoming, facts }, handle);
  const known = handlerOf(facts.kind);
  return known === null ? ignored('not_handled') : known(ports, incoming);
};

/** Each handler is found by the kind that it takes. */
const handlerOf = (kind: FactsKind): Handler<FactsKind> | null => (HANDLERS[kind] as Handler<FactsKind> | undefined) ?? null;

/** A stored activity that has a handler. `host`: the actor's. */
export interface ReadActivity {
  readonly activity: IncomingActivity;
  readonly type: ReadType;
  readonly host: string;
}

/** What the row says, or why it is ignored. @throws SyntaxError when its body is no JSON */
export function readStored(ports: Pick<ApplyPorts, 'settings'>, row: StoredActivity): Result<ReadActivity, { code: string }> {
  const read = parseActivity(JSON.parse(row.body));
  if (!read.ok) return read;
  const activity = read.value;
  const { actorUri } = activity;
  if (actorUri !== row.actorUri) return fail({ code: 'actor_mismatch' });
  const type = readTypeOf(activity);
  if (type === null) return fail({ code: 'type' });
  const host = hostOf(actorUri);
  if (host === null || host === hostOf(ports.settings.baseUrl)) return fail({ code: 'local_actor' });
  return ok({ activity, type, host });
}

/** Why nothing of the kind is taken from this actor; null: it is. `actor`: null while it is not known here. */
export function refusalOf(ports: Pick<ApplyPorts, 'policy'>, { host, type }: Omit<ReadActivity, 'activity'>, actor: Account | null): string | null {
  const isBlocked = (domain: string): boolean => domainVerdict(ports.policy.current(), domain).suspended;
  if (isBlocked(host)) return 'blocked_domain';
  if (actor === null) return null;
  if (actor.domain === null) return 'local_actor';
  if (isBlocked(actor.domain)) return 'blocked_domain';
  if (actor.deletedAt !== null) return 'actor_gone';
  return actor.suspendedAt !== null && !OF_SUSPENDED.includes(type) ? 'actor_suspended' : null;
}
