import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { idTimeMs } from '@trunkline/kernel';
import type { Database, Queryable } from '../src/database.js';
import { DatabaseClock } from '../src/ledger/database-clock.js';
import { DatabaseIds } from '../src/ledger/database-ids.js';
import { acquireLease, LeaderLoop } from '../src/ledger/leases.js';
import { leaseWorker } from '../src/ledger/worker-lease.js';
import { startDatabase } from './postgres.js';

let db: Database;
let stop: () => Promise<void>;
beforeAll(async () => ({ db, stop } = await startDatabase()), 60_000);
afterAll(() => stop());
beforeEach(() => db.query('TRUNCATE events.leases, events.workers'));

const [A, B] = ['00000000-0000-4000-8000-00000000000a', '00000000-0000-4000-8000-00000000000b'];
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test('one holder at a time; the next one when the time is over', async () => {
  const answers = await Promise.all([A, B].map((holder) => acquireLease(db, 'sweep', holder, 60)));
  expect(answers.filter(Boolean)).toHaveLength(1);
  const [winner, loser] = answers[0] ? [A, B] : [B, A];
  expect(await acquireLease(db, 'sweep', winner, 0.05)).toBe(true);
  await sleep(60);
  expect(await acquireLease(db, 'sweep', loser, 60)).toBe(true);
  expect(await acquireLease(db, 'sweep', winner, 60)).toBe(false);
});

test('three loops: one leads; when it stops another takes over at once', async () => {
  const runs = [0, 0, 0];
  const loops = runs.map(
    (_, index) =>
      new LeaderLoop(db, 'leader', [{ name: 'count', everyMs: 0, run: async () => void (runs[index] = (runs[index] ?? 0) + 1) }], { tickMs: 10 }),
  );
  loops.forEach((loop) => loop.start());
  while (Math.max(...runs) < 3) await sleep(5);
  expect(loops.filter((loop) => loop.leading)).toHaveLength(1);
  const leader = loops.findIndex((loop) => loop.leading);
  await loops[leader]?.stop();
  const others = () => runs.filter((_, index) => index !== leader).reduce((sum, count) => sum + count, 0);
  while (others() === 0) await sleep(5);
  expect(loops[leader]?.leading).toBe(false);
  await Promise.all(loops.map((loop) => loop.stop()));
  expect(await db.query('SELECT name FROM events.leases')).toEqual([]);
});

test('a leader that lost its lease is told in the middle of its task; a failing task stops no other', async () => {
  const seen: string[] = [];
  const errors: string[] = [];
  const loop = new LeaderLoop(
    db,
    'leader',
    [
      { name: 'broken', everyMs: 0, run: async () => Promise.reject(new Error('broken')) },
      {
        name: 'long',
        everyMs: 60_000,
        run: (signal) =>
          new Promise<void>((resolve) => {
            seen.push('started');
            signal.addEventListener('abort', () => resolve(void seen.push('aborted')));
          }),
      },
    ],
    { tickMs: 10, onError: (task) => errors.push(task) },
  );
  loop.start();
  while (seen.length === 0) await sleep(5);
  expect(errors).toContain('broken');
  await db.query('UPDATE events.leases SET holder = $1', [B]);
  while (!seen.includes('aborted')) await sleep(5);
  expect(loop.leading).toBe(false);
  await loop.stop();
});

test('fifty copies that start together get fifty worker numbers', async () => {
  const leases = await Promise.all(Array.from({ length: 50 }, () => leaseWorker(db)));
  expect(new Set(leases.map((lease) => lease.worker)).size).toBe(50);
  await Promise.all(leases.map((lease) => lease.release()));
});

test('when all numbers are taken a start fails with 503; a number that was given back rests first', async () => {
  const lease = await leaseWorker(db);
  await db.query(
    `INSERT INTO events.workers SELECT n, $1, now() + interval '1 hour' FROM generate_series(0, 1023) n ON CONFLICT (worker) DO UPDATE SET expires_at = excluded.expires_at`,
    [A],
  );
  await expect(leaseWorker(db)).rejects.toMatchObject({ status: 503, code: 'no_free_worker' });
  await lease.release();
  await expect(leaseWorker(db)).rejects.toMatchObject({ code: 'no_free_worker' });
});

test('ids carry database time, differ between copies, and stop when renewing fails for too long', async () => {
  const clock = await DatabaseClock.start(db);
  const failing = { down: false };
  const cut: Queryable = {
    query: (sql, params) => (failing.down ? Promise.reject(new Error('cut off')) : db.query(sql, params)),
  };
  // The first is trusted for long enough that a busy machine renews it in time, the second for as long as this test takes.
  const [one, two] = [await DatabaseIds.start(cut, clock, { renewEveryMs: 10, trustedMs: 2_000 }), await DatabaseIds.start(db, clock, { renewEveryMs: 10 })];
  const made = Array.from({ length: 2_000 }, () => [one.next(), two.next()]).flat();
  expect(new Set(made).size).toBe(4_000);
  expect(Math.abs(idTimeMs(one.next()) - clock.nowMs())).toBeLessThan(1_000);
  failing.down = true;
  one.next();
  await sleep(2_100);
  expect(() => one.next()).toThrow(expect.objectContaining({ status: 503, code: 'worker_lease_lost' }));
  two.next();
  failing.down = false;
  for (let made = false; !made; await sleep(5)) {
    try {
      made = one.next() !== '';
    } catch {
      // Still leasing a new number.
    }
  }
  expect(one.worker).not.toBe(two.worker);
  one.next();
  await Promise.all([one.stop(), two.stop()]);
  expect(() => one.next()).toThrow(expect.objectContaining({ status: 503 }));
  clock.stop();
});

test('a number that somebody else holds now is given up at the next renewal', async () => {
  const lease = await leaseWorker(db);
  let lost = 0;
  lease.onLost(() => (lost += 1));
  await db.query('UPDATE events.workers SET holder = $1 WHERE worker = $2', [A, lease.worker]);
  await lease.renew();
  await lease.renew();
  expect([lost, lease.held]).toEqual([1, false]);
});

// P16: the wall clock of one process jumps by ten minutes.
test('a wall clock that jumps does not move the clock; tests move it at will', async () => {
  const clock = await DatabaseClock.start(db);
  const before = clock.nowMs();
  const now = Date.now;
  Date.now = () => now() - 600_000;
  try {
    await clock.measure();
    // Each measurement guesses half of the way there and back, so two may differ by some milliseconds either way.
    expect(Math.abs(clock.nowMs() - before)).toBeLessThan(1_000);
  } finally {
    Date.now = now;
  }
  const measured = clock.nowMs();
  clock.setOffsetForTests(86_400_000);
  expect(clock.nowMs() - measured).toBeGreaterThanOrEqual(86_400_000);
  clock.stop();
});
