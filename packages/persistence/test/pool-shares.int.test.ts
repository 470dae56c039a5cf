import { expect, test } from '@jest/globals';
import { Database } from '../src/database.js';
import { inShare } from '../src/pool-shares.js';
import { startDatabase } from './postgres.js';

test('while jobs hang in their share of the pool, people are served', async () => {
  // One connection: it is the one that holds the lock.
  const { db, stop, postgres } = await startDatabase(1);
  const pool = await Database.connect({ url: postgres.url, poolMax: 6, applicationName: 'test', shares: { jobs: 3, inbox: 2 } });
  try {
    await db.query('SELECT pg_advisory_lock(4711)');
    const hanging = Array.from({ length: 20 }, () => inShare('jobs', () => pool.transaction((tx) => tx.query('SELECT pg_advisory_xact_lock(4711)'))));
    const [people] = await pool.query<{ one: number }>('SELECT 1 AS one');
    const [inbox] = await inShare('inbox', () => pool.query<{ two: number }>('SELECT 2 AS two'));
    expect([people, inbox]).toEqual([{ one: 1 }, { two: 2 }]);
    expect(pool.poolStats()).toMatchObject({ waiting: 0 });
    expect(pool.poolStats().total).toBeLessThanOrEqual(5);
    await db.query('SELECT pg_advisory_unlock_all()');
    await Promise.all(hanging);
  } finally {
    await pool.close();
    await stop();
  }
});
