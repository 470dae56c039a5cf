import type { Account } from '@trunkline/domain';
import { agreedTarget, recordMove, resolveAccount } from '@trunkline/social';
import { knownAccountAt } from './actor.js';
import type { ApplyPorts, FactsOf, Incoming } from './ports.js';
import { APPLIED, ignored, retry, type Verdict } from './verdict.js';

/**
 * Somebody goes elsewhere: the old account says so (or the new one, and the old one's document agrees: FEP-7628), the
 * new one, read anew, names the old one. Who follows the old one here is then taken along in the background.
 */
export async function applyMove(ports: ApplyPorts, { actor, facts }: Incoming<'move'>): Promise<Verdict> {
  const old = facts.pulled ? await pulledFrom(ports, facts) : actor;
  if (old === null) return ignored('unknown_actor');
  if (old === 'not_agreed' || old.domain === null) return ignored('not_agreed');
  const target = await agreedTarget(ports, old.uri, facts.toUri);
  if (!target.ok) return target.error.code === 'unreachable' ? retry('target_unreachable') : ignored(target.error.code);
  const moved = await recordMove(ports, old, target.value);
  return moved.ok ? APPLIED : ignored(moved.error.code);
}

/** The old account as its server shows it now; its own `movedTo` alone proves what the new one says. */
async function pulledFrom(ports: ApplyPorts, { fromUri, toUri }: FactsOf<'move'>): Promise<Account | 'not_agreed' | null> {
  const known = await knownAccountAt(ports, fromUri);
  if (known === null) return null;
  const read = await resolveAccount(ports, fromUri, { refresh: true });
  return read.ok && read.value.movedToUri === toUri ? read.value : 'not_agreed';
}
