import type { Status } from '@trunkline/domain';
import type { AskedRow, SocialReads } from '@trunkline/social';

/** Answers of people here to each other that are looked through; what lies deeper waits for nobody. */
const ABOVE_MAX = 40;

/** The consent by which it is told, as long as its author stands by it. */
export const consentOf = (asked: AskedRow | null | undefined): string | null => (asked?.state === 'accepted' ? asked.stampUri : null);

/**
 * The answer of somebody here, above a status of somebody here (or boosted by it), that did not get the leave it was asked for: whoever has no copy of it
 * shall have none of what rests on it. Only what people here say to each other is looked through: what somebody elsewhere answers is known elsewhere. What
 * names people alone rests on nothing: it goes to them. Null: there is none.
 */
export async function waitingAbove(store: Pick<SocialReads, 'statusesByIds' | 'ancestorIds' | 'askedInteractions'>, status: Status, parent: Status | undefined): Promise<AskedRow | null> {
  if (parent === undefined || !parent.local || !status.local || status.visibility === 'direct') return null;
  const above = await store.ancestorIds(parent.id, ABOVE_MAX);
  const asked = await store.askedInteractions([parent.id, ...above]);
  if (asked.size === 0) return null;
  const chain = new Map((await store.statusesByIds(above)).map((one) => [one.id, one]));
  for (const one of [parent, ...above.toReversed().map((id) => chain.get(id))]) {
    if (one === undefined || !one.local) return null;
    const leave = asked.get(one.id);
    if (leave !== undefined && leave.state !== 'accepted') return leave;
  }
  return null;
}
