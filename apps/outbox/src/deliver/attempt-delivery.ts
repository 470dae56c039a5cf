import { domainVerdict, retrySchedule, type HostOutcome } from '@trunkline/domain';
import type { DeliveryOutcome } from '@trunkline/federation-client';
import type { Clock } from '@trunkline/kernel';
import type { PolicyPort } from '@trunkline/social';
import type { HostBook } from './host-book.js';
import type { SendSlots } from './send-slots.js';

/** One activity on its way to one inbox. */
export interface Attempt {
  /** Of the inbox; null when it is no URL. */
  readonly host: string | null;
  /** This one included. */
  readonly attempts: number;
  /** Signs and POSTs, now. */
  readonly send: () => Promise<DeliveryOutcome>;
}

/** What becomes of it. `dead` is listed for the operator. */
export type Fate =
  | { readonly kind: 'done' }
  | { readonly kind: 'dead'; readonly reason: string; readonly status?: number }
  | {
      readonly kind: 'later';
      readonly notBefore: Date;
      readonly reason: string;
      readonly status?: number;
      /** false: nothing was sent. */
      readonly attempted: boolean;
    };

export interface AttemptPorts {
  readonly policy: PolicyPort;
  readonly clock: Clock;
  readonly hosts: Pick<HostBook, 'stateOf' | 'isDead' | 'gateOf' | 'claimProbe' | 'note'>;
  readonly slots: Pick<SendSlots, 'take'>;
  /** 0..1 */
  readonly random: () => number;
  /** Counts, by what came of it. */
  readonly counted: (outcome: DeliveryOutcome['kind'] | 'dropped' | 'deferred' | 'failed') => void;
}

const BUSY_MS = 5_000;
const PAUSE_JITTER_MS = 30_000;

/**
 * Asks the rules once more, then the host's breaker, waits for a slot and sends. Never rejects but for what the stores
 * throw before anything is sent. The hosts must have been loaded.
 */
export async function attemptDelivery(ports: AttemptPorts, attempt: Attempt): Promise<Fate> {
  const { host } = attempt;
  if (host === null) return { kind: 'dead', reason: 'bad_url' };
  // Decided after the planning: nothing goes there any more, and nobody needs to hear that it did not.
  if (domainVerdict(ports.policy.current(), host).suspended) return dropped(ports);
  if (await ports.hosts.isDead(host)) return { kind: 'dead', reason: 'host_unavailable' };
  const gate = ports.hosts.gateOf(host);
  if (gate === 'shut' || (gate === 'probe' && !(await ports.hosts.claimProbe(host)))) return untilUnpaused(ports, host);

  const release = await ports.slots.take(host, ports.hosts.stateOf(host).consecutiveFailures > 0);
  if (release === null) return deferred(ports, BUSY_MS * (1 + 2 * ports.random()), 'host_busy');
  try {
    // While this one waited, others may have opened the breaker. The probe itself paused the host for them.
    if (gate === 'open' && ports.hosts.gateOf(host) !== 'open') return untilUnpaused(ports, host);
    const outcome = await attempt.send();
    const told = hostOutcomeOf(outcome, ports.clock.nowMs());
    if (told !== null) ports.hosts.note(host, told, outcome.reason);
    ports.counted(outcome.kind);
    return fateOf(ports, outcome, attempt.attempts);
  } catch (error) {
    // A bug met by this one inbox must neither stop the others of its chunk nor come round for ever.
    ports.counted('failed');
    return scheduled(ports, attempt.attempts, { reason: `internal: ${error instanceof Error ? error.message : 'error'}` });
  } finally {
    release();
  }
}

function fateOf(ports: AttemptPorts, outcome: DeliveryOutcome, attempts: number): Fate {
  const { reason, status } = outcome;
  switch (outcome.kind) {
    case 'delivered':
      return { kind: 'done' };
    case 'refused':
      return reason === 'blocked_domain' ? { kind: 'done' } : { kind: 'dead', reason, status };
    case 'gone':
      return { kind: 'dead', reason, status };
    case 'retry':
      // Our client was closed under it: the process ends, the next one sends it.
      if (reason === 'closed') return { kind: 'later', notBefore: new Date(ports.clock.nowMs()), reason, attempted: false };
      // An `unauthorized` is where the second knock with the other signature scheme belongs, before it waits.
      return scheduled(ports, attempts, { reason, status });
    case 'pause':
      return scheduled(ports, attempts, { reason, status }, outcome.retryAfterMs);
  }
}

/** By the schedule, but not before `atLeastMs`; dead after the last attempt. */
function scheduled(ports: AttemptPorts, attempts: number, why: { reason: string; status?: number }, atLeastMs = 0): Fate {
  const waitMs = retrySchedule(attempts, ports.random());
  if (waitMs === null) return { kind: 'dead', ...why };
  return { kind: 'later', notBefore: new Date(ports.clock.nowMs() + Math.max(waitMs, atLeastMs)), attempted: true, ...why };
}

/** Spread a little, so that not everything that waited meets the host in its first moment. */
function untilUnpaused(ports: AttemptPorts, host: string): Fate {
  const waitMs = (ports.hosts.stateOf(host).pausedUntilMs ?? 0) - ports.clock.nowMs();
  return deferred(ports, Math.max(waitMs, 0) + PAUSE_JITTER_MS * ports.random(), 'host_paused');
}

function deferred(ports: AttemptPorts, waitMs: number, reason: string): Fate {
  ports.counted('deferred');
  return { kind: 'later', notBefore: new Date(ports.clock.nowMs() + waitMs), reason, attempted: false };
}

function dropped(ports: AttemptPorts): Fate {
  ports.counted('dropped');
  return { kind: 'done' };
}

/** What an outcome says about the whole host; null: nothing. Any answer below 500 says that it lives. */
function hostOutcomeOf(outcome: DeliveryOutcome, nowMs: number): HostOutcome | null {
  const { kind, status, reason } = outcome;
  if (kind === 'pause') return { kind: 'asked-to-wait', untilMs: nowMs + (outcome.retryAfterMs ?? 0) };
  if (status !== undefined) return status < 500 || kind === 'refused' ? { kind: 'delivered' } : { kind: 'failed' };
  return kind === 'retry' && reason !== 'closed' ? { kind: 'failed' } : null;
}
