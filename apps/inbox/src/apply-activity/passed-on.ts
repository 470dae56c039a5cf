import { parseTombstone, type ActivityFacts, type ObjectRef } from '@trunkline/activitypub';
import { isPassing } from '../passing-failures.js';
import type { ApplyPorts, FactsKind, Handler, Incoming } from './ports.js';
import { ignored, retry, type Verdict } from './verdict.js';

/**
 * An activity that another server passed on, and that is proven to be its actor's. Whoever has it may show it again, also when the actor has said
 * something else since: an end is looked for at its place, and an edit counts as it stands only while it is the newest.
 *
 * @param handle applies it as if it had come from the actor
 */
export async function applyPassedOn(ports: ApplyPorts, incoming: Incoming, handle: Handler<FactsKind>): Promise<Verdict> {
  const { facts } = incoming;
  const refusal = facts.kind === 'delete' && facts.what === 'account' ? await whyNotGone(ports, facts.uri) : null;
  return refusal ?? handle(ports, { ...incoming, facts: await believed(ports, facts) });
}

/** Some servers take back that somebody is gone (Misskey). null: nobody is there. */
async function whyNotGone(ports: ApplyPorts, actorUri: string): Promise<Verdict | null> {
  const document = await ports.remote.fetchObject(actorUri, { fresh: true });
  if (document.ok) return parseTombstone(document.value.json).ok ? null : ignored('actor_stands');
  const { code } = document.error;
  if (code === 'gone') return null;
  return isPassing(code) ? retry(`actor_unreachable: ${code}`) : ignored(`actor_${code}`);
}

/** What is taken back goes by its id alone, not by what stands in its place by now. A profile, and an edit that is not the newest, is asked for. */
async function believed(ports: ApplyPorts, facts: ActivityFacts): Promise<ActivityFacts> {
  if (facts.kind === 'undo') return { ...facts, undone: { ...facts.undone, facts: null } };
  if (facts.kind !== 'update' || (facts.what !== 'account' && (await isNewest(ports, facts.object)))) return facts;
  return { ...facts, object: { ...facts.object, json: null } };
}

async function isNewest(ports: ApplyPorts, { uri, json }: ObjectRef): Promise<boolean> {
  const [known] = uri === null ? [] : await ports.store.statusesByUris([uri]);
  const updated = json?.['updated'];
  return known === undefined || (typeof updated === 'string' && Date.parse(updated) > (known.editedAt ?? known.createdAt).getTime());
}
