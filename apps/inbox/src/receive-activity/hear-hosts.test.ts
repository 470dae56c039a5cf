import { expect, test } from '@jest/globals';
import { HEALTHY_HOST, type HostState } from '@trunkline/domain';
import { HostEars } from './hear-hosts.js';

const DEAD: HostState = { ...HEALTHY_HOST, consecutiveFailures: 40, failureDays: 7, lastFailureDay: 20_000, unavailableSinceMs: 1 };
const TRIPPED: HostState = { ...HEALTHY_HOST, consecutiveFailures: 12, pausedUntilMs: 9_000 };
const WAITING: HostState = { ...HEALTHY_HOST, pausedUntilMs: 9_000 };

const worldOf = (states: Record<string, HostState>) => {
  const world = { states: new Map(Object.entries(states)), requeued: [] as string[], rung: 0, errors: [] as unknown[] };
  const ears = new HostEars({
    hosts: {
      shut: () => Promise.resolve([...world.states.keys()]),
      load: (hosts) => Promise.resolve(new Map([...world.states].filter(([host]) => hosts.includes(host)))),
      save: (changed) => {
        for (const [host, { state }] of changed) world.states.set(host, state);
        return Promise.resolve();
      },
    },
    deliveries: { catchUp: (host, { givenUp }) => Promise.resolve(world.requeued.push(givenUp ? `${host}, given up as well` : host)) },
    live: { deliveriesPlanned: () => (world.rung += 1) },
    clock: { nowMs: () => 5_000 },
    onError: (error) => world.errors.push(error),
  });
  return { ...world, world, ears };
};
const quiet = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('a dead host that speaks is healthy again and gets what waited', async () => {
  const { ears, world } = worldOf({ 'back.example': DEAD });
  await ears.refresh();
  ears.heard('back.example');
  ears.heard('back.example');
  await quiet();
  expect(world.states.get('back.example')).toEqual(HEALTHY_HOST);
  expect(world.requeued).toEqual(['back.example, given up as well']);
  expect(world.rung).toBe(1);
});

test('a tripped breaker closes and what waited goes; nothing that was given up comes again', async () => {
  const { ears, world } = worldOf({ 'tripped.example': TRIPPED });
  await ears.refresh();
  ears.heard('tripped.example');
  await quiet();
  expect(world.states.get('tripped.example')).toEqual(HEALTHY_HOST);
  expect(world.requeued).toEqual(['tripped.example']);
});

test('a host that asked us to wait is left in peace', async () => {
  const { ears, world } = worldOf({ 'busy.example': WAITING });
  await ears.refresh();
  ears.heard('busy.example');
  await quiet();
  expect(world.states.get('busy.example')).toEqual(WAITING);
  expect(world.rung).toBe(0);
});

test('hosts that are well cost nothing', async () => {
  const { ears, world } = worldOf({});
  await ears.refresh();
  ears.heard('well.example');
  await quiet();
  expect(world.rung).toBe(0);
  expect(world.errors).toEqual([]);
});
