import { setTimeout as sleep } from 'node:timers/promises';
import { mentionsIn, parseText } from '@trunkline/domain';
import { portHostsOf, remoteDomain, resolveHandle, type Handle, type SocialPorts } from '@trunkline/social';

/** People of other servers looked up before one status is published, and how long the author waits for them. */
export const STRANGERS_MAX = 5;
const PATIENCE_MS = 3_000;

/**
 * Makes people known whom a text names and this server has never met, so that their mention works. Who is not found in
 * time stays plain text; the look-up goes on for the next time.
 */
export async function meetMentioned(ports: SocialPorts, text: string, patienceMs = PATIENCE_MS): Promise<void> {
  const strangers = await strangersIn(ports, text);
  if (strangers.length === 0) return;
  const waiting = new AbortController();
  const enough = sleep(patienceMs, undefined, { signal: waiting.signal }).catch(() => undefined);
  await Promise.race([Promise.allSettled(strangers.map((handle) => resolveHandle(ports, handle))), enough]);
  waiting.abort();
}

async function strangersIn({ store, settings }: SocialPorts, text: string): Promise<Handle[]> {
  const named = mentionsIn(parseText(text, { portHosts: portHostsOf(settings) }))
    .map((mention): Handle => ({ username: mention.username, domain: remoteDomain(settings, mention.host) }))
    .filter((handle) => handle.domain !== null);
  if (named.length === 0) return [];
  const known = new Set((await store.accountsByHandles(named)).map(keyOf));
  return named.filter((handle) => !known.has(keyOf(handle))).slice(0, STRANGERS_MAX);
}

const keyOf = ({ username, domain }: Handle): string => `${username.toLowerCase()}@${domain ?? ''}`;
