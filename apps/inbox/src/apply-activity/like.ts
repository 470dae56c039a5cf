import type { Account, Status } from '@trunkline/domain';
import { fail, ok, type Result } from '@trunkline/kernel';
import { favouriteStatus, unfavouriteStatus, viewStatus } from '@trunkline/social';
import { actorOf } from './actor.js';
import { isTombstoned } from './tombstones.js';
import type { ApplyPorts, Incoming } from './ports.js';
import { APPLIED, ignored, unresolved, type Verdict } from './verdict.js';

/** Somebody, and what of ours or known here they react to. */
export interface Reacting {
  readonly actor: Account;
  readonly status: Status;
}

/** A favourite on a status that is known here and that the actor may see. */
export async function applyLike(ports: ApplyPorts, incoming: Incoming<'like'>): Promise<Verdict> {
  const reacting = await reactingTo(ports, incoming);
  return reacting.ok ? favourite(ports, incoming, reacting.value) : reacting.error.verdict;
}

/** Who reacts to what, if the status is known here, the actor may see it, and it was not taken back already. */
export async function reactingTo(ports: ApplyPorts, incoming: Incoming<'like' | 'reaction'>): Promise<Result<Reacting, { readonly code: 'judged'; readonly verdict: Verdict }>> {
  const no = (verdict: Verdict) => fail({ code: 'judged', verdict } as const);
  const [status] = await ports.store.statusesByUris([incoming.facts.uri]);
  if (status === undefined) return no(ignored('unknown_status'));
  const actor = await actorOf(ports, incoming);
  if (!actor.ok) return no(unresolved('actor', actor.error));
  if ((await viewStatus(ports, actor.value.id, status.id)) === null) return no(ignored('not_visible'));
  if (await isTombstoned(ports, incoming.activity)) return no(ignored('undone'));
  return ok({ actor: actor.value, status });
}

export async function favourite(ports: ApplyPorts, { activity }: Pick<Incoming<'like'>, 'activity'>, { actor, status }: Reacting): Promise<Verdict> {
  await favouriteStatus(ports, actor.id, status.id, activity.id);
  // An Undo between the question and the effect left its mark before it looked for the favourite.
  if (await isTombstoned(ports, activity)) await unfavouriteStatus(ports, actor.id, status.id);
  return APPLIED;
}
