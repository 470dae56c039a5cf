import { expect, test } from '@jest/globals';
import { BREAKER_FAILURES, HEALTHY_HOST, nextHostState, type HostState, type PolicySnapshot } from '@trunkline/domain';
import type { DeliveryOutcome } from '@trunkline/federation-client';
import { snowflake } from '@trunkline/kernel';
import { attemptDelivery, type AttemptPorts, type Fate } from './attempt-delivery.js';
import { HostBook } from './host-book.js';
import { SendSlots } from './send-slots.js';

const NOW = Date.UTC(2026, 5, 1);
const OPEN: PolicySnapshot = {
  version: 1,
  domainRules: [],
  allowedDomains: [],
  limitedFederation: false,
  registrations: 'open',
  approvalReasonRequired: false,
  serverRules: [],
};

/** Rows of federation.hosts in memory; `probes` says how many claims are granted. */
class HostTable {
  readonly rows = new Map<string, HostState>();
  probes = 1;
  load = async (hosts: readonly string[]) => new Map(hosts.map((host) => [host, this.rows.get(host) ?? HEALTHY_HOST]));
  save = async (states: ReadonlyMap<string, { readonly state: HostState }>) => {
    for (const [host, { state }] of states) this.rows.set(host, state);
  };
  claimProbe = async () => this.probes-- > 0;
}

interface World extends AttemptPorts {
  readonly clock: { nowMs: () => number; at: number };
  readonly hosts: HostBook;
  readonly table: HostTable;
  readonly outcomes: string[];
}
function world(policy = OPEN): World {
  const table = new HostTable();
  const clock = { at: NOW, nowMs: () => clock.at };
  const outcomes: string[] = [];
  return {
    policy: { current: () => policy },
    clock,
    table,
    hosts: new HostBook(table, clock),
    slots: new SendSlots({ total: 4, slow: 4, slowAfterMs: 50, perHost: 2, hostStuckMs: 5, hostWaitMs: 50, hostWaitersMax: 1 }),
    random: () => 0,
    counted: (outcome) => outcomes.push(outcome),
    outcomes,
  };
}
const HOST = 'b.example';
const deliver = (ports: World, outcome: DeliveryOutcome, attempts = 1): Promise<Fate> =>
  attemptDelivery(ports, { host: HOST, attempts, send: async () => outcome });
const DOWN: DeliveryOutcome = { kind: 'retry', reason: 'timeout' };
const FINE: DeliveryOutcome = { kind: 'delivered', reason: 'accepted', status: 202 };

// FEDERATION.md, Delivery: 401 comes again, 410 and other 4xx are final, silence goes by the schedule (n⁴ + 15 s).
test.each<[DeliveryOutcome, number, Fate]>([
  [FINE, 1, { kind: 'done' }],
  [DOWN, 1, { kind: 'later', notBefore: new Date(NOW + 16_000), attempted: true, reason: 'timeout' }],
  [{ kind: 'retry', reason: 'unauthorized', status: 401 }, 2, { kind: 'later', notBefore: new Date(NOW + 31_000), attempted: true, reason: 'unauthorized', status: 401 }],
  [DOWN, 18, { kind: 'dead', reason: 'timeout' }],
  [{ kind: 'refused', reason: 'http_4xx', status: 404 }, 1, { kind: 'dead', reason: 'http_4xx', status: 404 }],
  [{ kind: 'refused', reason: 'blocked_domain' }, 1, { kind: 'done' }],
  [{ kind: 'gone', reason: 'gone', status: 410 }, 1, { kind: 'dead', reason: 'gone', status: 410 }],
  [{ kind: 'pause', reason: 'throttled', status: 429, retryAfterMs: 60_000 }, 1, { kind: 'later', notBefore: new Date(NOW + 60_000), attempted: true, reason: 'throttled', status: 429 }],
  [{ kind: 'retry', reason: 'closed' }, 3, { kind: 'later', notBefore: new Date(NOW), attempted: false, reason: 'closed' }],
])('%j at attempt %i', async (outcome, attempts, fate) => {
  expect(await deliver(world(), outcome, attempts)).toEqual(fate);
});

test('a host suspended after the planning gets nothing, and nothing is listed', async () => {
  const rule = { id: snowflake('1'), domain: 'b.example', severity: 'suspend' as const, rejectMedia: false, rejectReports: false, privateComment: null, publicComment: null, obfuscate: false, createdAt: new Date(0) };
  const ports = world({ ...OPEN, domainRules: [rule] });
  expect(await deliver(ports, FINE)).toEqual({ kind: 'done' });
  expect(ports.outcomes).toEqual(['dropped']);
});

test('failures open the breaker; after the pause one probe goes, and its success opens the host for all', async () => {
  const ports = world();
  for (let failure = 0; failure < BREAKER_FAILURES; failure += 1) await deliver(ports, DOWN);
  expect(await deliver(ports, FINE)).toEqual({ kind: 'later', notBefore: new Date(NOW + 60_000), attempted: false, reason: 'host_paused' });

  ports.clock.at += 60_001;
  let answer = (_: DeliveryOutcome): void => undefined;
  const probe = attemptDelivery(ports, { host: HOST, attempts: 2, send: () => new Promise((resolve) => (answer = resolve)) });
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(await deliver(ports, FINE)).toMatchObject({ kind: 'later', reason: 'host_paused', attempted: false });
  answer(FINE);
  expect(await probe).toEqual({ kind: 'done' });
  expect(await deliver(ports, FINE)).toEqual({ kind: 'done' });
  await ports.hosts.flush();
  expect(ports.table.rows.get('b.example')).toEqual(HEALTHY_HOST);
});

test('a copy that loses the probe to another one waits', async () => {
  const ports = world();
  ports.table.probes = 0;
  for (let failure = 0; failure < BREAKER_FAILURES; failure += 1) await deliver(ports, DOWN);
  ports.clock.at += 60_001;
  expect(await deliver(ports, FINE)).toMatchObject({ kind: 'later', attempted: false });
});

test('Retry-After holds back the whole host', async () => {
  const ports = world();
  await deliver(ports, { kind: 'pause', reason: 'throttled', status: 429, retryAfterMs: 90_000 });
  expect(await deliver(ports, FINE)).toEqual({ kind: 'later', notBefore: new Date(NOW + 90_000), attempted: false, reason: 'host_paused' });
});

test('a host taken for dead costs no attempt: its deliveries are listed', async () => {
  const ports = world();
  let state = HEALTHY_HOST;
  for (let day = 0; day < 7; day += 1) state = nextHostState(state, { kind: 'failed' }, NOW - day * 86_400_000);
  ports.table.rows.set('b.example', { ...state, unavailableSinceMs: NOW });
  await ports.hosts.load(['b.example']);
  expect(await deliver(ports, FINE)).toEqual({ kind: 'dead', reason: 'host_unavailable' });
});

test('a busy host makes others of its deliveries step aside, not wait for ever', async () => {
  const ports = world();
  const never = (): Promise<DeliveryOutcome> => new Promise(() => undefined);
  for (let slot = 0; slot < 2; slot += 1) void attemptDelivery(ports, { host: HOST, attempts: 1, send: never });
  expect(await deliver(ports, FINE)).toEqual({ kind: 'later', notBefore: new Date(NOW + 5_000), attempted: false, reason: 'host_busy' });
  const other = await attemptDelivery(ports, { host: 'c.example', attempts: 1, send: async () => FINE });
  expect(other).toEqual({ kind: 'done' });
});

test('a bug met by one inbox is an attempt like any other', async () => {
  const ports = world();
  const fate = await attemptDelivery(ports, { host: HOST, attempts: 1, send: () => Promise.reject(new TypeError('boom')) });
  expect(fate).toMatchObject({ kind: 'later', attempted: true, reason: 'internal: boom' });
});
