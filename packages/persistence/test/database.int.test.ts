import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { AppError } from '@trunkline/kernel';
import { afterCommit, Database } from '../src/database.js';
import { sqlState } from '../src/database-errors.js';
import { migrate, migrationsAreCurrent } from '../src/migrate.js';
import { MIGRATIONS } from '../src/migrations/index.js';
import { startPostgres, type TestPostgres } from './postgres.js';

let postgres: TestPostgres;
let db: Database;
const idleErrors: Error[] = [];
beforeAll(async () => {
  postgres = await startPostgres();
  db = await Database.connect({ url: postgres.url, poolMax: 4, applicationName: 'test', onError: (error) => idleErrors.push(error) });
  await db.query('CREATE TABLE probe (id int PRIMARY KEY, value int NOT NULL)');
}, 60_000);
afterAll(async () => {
  await db.close();
  await postgres.stop();
});

test('copies that start together migrate once, one after the other', async () => {
  expect(await migrationsAreCurrent(db)).toBe(false);
  const runs = await Promise.all([migrate(postgres.url), migrate(postgres.url), migrate(postgres.url)]);
  expect(runs.map((run) => run.applied.length).sort()).toEqual([0, 0, MIGRATIONS.length]);
  expect(await migrationsAreCurrent(db)).toBe(true);
});

test('values come as promised: bigint as text, timestamptz as Date, jsonb parsed', async () => {
  const [row] = await db.query(`SELECT 9223372036854775807::bigint AS big, to_timestamp(1.5) AS at, '{"a":[1]}'::jsonb AS json`);
  expect(row).toEqual({ big: '9223372036854775807', at: new Date(1500), json: { a: [1] } });
  expect(await db.query('INSERT INTO probe VALUES (100, 1) RETURNING id')).toEqual([{ id: 100 }]);
  expect(await db.query('UPDATE probe SET value = 2 WHERE id = 100 RETURNING value')).toEqual([{ value: 2 }]);
  expect(await db.query('DELETE FROM probe WHERE id = 100')).toEqual([]);
});

test('hooks run after the commit and not after a rollback', async () => {
  const log: string[] = [];
  await db.transaction(async (tx) => {
    afterCommit(tx, () => log.push('committed'));
    await tx.query('INSERT INTO probe VALUES (1, 1)');
    log.push('in');
  });
  await expect(
    db.transaction(async (tx) => {
      afterCommit(tx, () => log.push('never'));
      await tx.query('INSERT INTO probe VALUES (1, 1)');
    }),
  ).rejects.toMatchObject({ code: '23505' });
  expect(log).toEqual(['in', 'committed']);
});

test('a failure that was swallowed does not pass for a commit', async () => {
  const swallowing = db.transaction(async (tx) => {
    await tx.query('INSERT INTO probe VALUES (2, 1)');
    await tx.query('INSERT INTO probe VALUES (2, 1)').catch(() => undefined);
  });
  await expect(swallowing).rejects.toThrow('rolled back');
  expect(await db.query('SELECT id FROM probe WHERE id = 2')).toEqual([]);
});

test('a statement after the end of its transaction is refused', async () => {
  const leaked = await db.transaction(async (tx) => tx);
  await expect(leaked.query('SELECT 1')).rejects.toThrow('over');
});

// Both read, both write: serialisable refuses one, which has to see the other's write in its second run.
test('statements of a transaction that are asked for side by side go one after the other', async () => {
  const found = await db.transaction((tx) => Promise.all([3, 1, 2].map((id) => tx.query(`INSERT INTO probe SELECT $1, count(*) FROM probe WHERE id > 200 RETURNING id, value`, [200 + id]))));
  expect(found.flat()).toEqual([{ id: 203, value: 0 }, { id: 201, value: 1 }, { id: 202, value: 2 }]);
});

test('one that is asked for and not awaited is in the transaction, and fails with it', async () => {
  await db.transaction(async (tx) => void [tx.query('INSERT INTO probe VALUES (211, 1)'), tx.query('INSERT INTO probe VALUES (212, 1)')]);
  expect(await db.query('SELECT id FROM probe WHERE id IN (211, 212) ORDER BY id')).toEqual([{ id: 211 }, { id: 212 }]);
  const asked: Promise<unknown>[] = [];
  const work = db.transaction(async (tx) => {
    asked.push(...['INSERT INTO probe VALUES (213, 1)', 'SELECT 1 / 0', 'INSERT INTO probe VALUES (214, 1)'].map((sql) => tx.query(sql)));
    await Promise.all(asked);
  });
  await expect(work).rejects.toMatchObject({ code: '22012' });
  expect((await Promise.allSettled(asked)).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
  expect(await db.query('SELECT id FROM probe WHERE id IN (213, 214)')).toEqual([]);
});

test('a serialisation failure runs the work again', async () => {
  await db.query('INSERT INTO probe VALUES (3, 0)');
  let runs = 0;
  let haveRead = (): void => undefined;
  const bothRead = new Promise<void>((resolve) => (haveRead = resolve));
  const add = () =>
    db.transaction(async (tx) => {
      await tx.query('SET TRANSACTION ISOLATION LEVEL SERIALIZABLE');
      const [row] = await tx.query<{ value: number }>('SELECT value FROM probe WHERE id = 3');
      runs += 1;
      if (runs > 1) haveRead();
      await bothRead;
      await tx.query('UPDATE probe SET value = $1 WHERE id = 3', [(row?.value ?? 0) + 1]);
    });
  await Promise.all([add(), add()]);
  expect(runs).toBeGreaterThan(2);
  expect(await db.query('SELECT value FROM probe WHERE id = 3')).toEqual([{ value: 2 }]);
});

test('a deadlock ends with both done', async () => {
  await db.query('INSERT INTO probe VALUES (4, 0), (5, 0)');
  let runs = 0;
  let haveBoth = (): void => undefined;
  const bothHold = new Promise<void>((resolve) => (haveBoth = resolve));
  const cross = (first: number, second: number) =>
    db.transaction(async (tx) => {
      await tx.query('UPDATE probe SET value = value + 1 WHERE id = $1', [first]);
      runs += 1;
      if (runs > 1) haveBoth();
      await bothHold;
      await tx.query('UPDATE probe SET value = value + 1 WHERE id = $1', [second]);
    });
  await Promise.all([cross(4, 5), cross(5, 4)]);
  expect(runs).toBeGreaterThan(2);
  expect(await db.query('SELECT value FROM probe WHERE id IN (4, 5)')).toEqual([{ value: 2 }, { value: 2 }]);
}, 15_000);

test('a backend that is ended in mid-transaction: nothing written, 503, the pool goes on', async () => {
  const killed = db.transaction(async (tx) => {
    await tx.query('INSERT INTO probe VALUES (6, 1)');
    const [self] = await tx.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    await db.query('SELECT pg_terminate_backend($1)', [self?.pid]);
    while ((await db.query('SELECT pid FROM pg_stat_activity WHERE pid = $1', [self?.pid])).length > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    // The connection breaks between two statements: its 'error' event must end nothing but this transaction.
    await new Promise((resolve) => setTimeout(resolve, 50));
    await tx.query('SELECT 1');
  });
  await expect(killed).rejects.toMatchObject({ status: 503, code: 'database_unavailable' });
  expect(await db.query('SELECT id FROM probe WHERE id = 6')).toEqual([]);
  const stats = db.poolStats();
  expect(stats.total - stats.idle).toBe(0);
});

test('a statement that takes too long is cancelled as 503, and its connection is kept', async () => {
  const quick = await Database.connect({ url: postgres.url, poolMax: 1, applicationName: 'quick', statementTimeoutMs: 1_000 });
  try {
    const before = await quick.query('SELECT pg_backend_pid() AS pid');
    const slow = await quick.query('SELECT pg_sleep(30)').catch((error: unknown) => error);
    expect(slow).toMatchObject({ status: 503 });
    expect(sqlState(slow)).toBe('57014');
    expect(await quick.query('SELECT pg_backend_pid() AS pid')).toEqual(before);
  } finally {
    await quick.close();
  }
});

test('no server at the address is 503', async () => {
  const nobody = Database.connect({ url: 'postgres://nobody@127.0.0.1:1/none', poolMax: 1, applicationName: 'test' });
  await expect(nobody).rejects.toBeInstanceOf(AppError);
});

test('Postgres stops at once and starts again under load: no commit is claimed falsely, the pool recovers', async () => {
  if (postgres.restart === null) return;
  await db.query('CREATE TABLE load (id int PRIMARY KEY)');
  const claimed: number[] = [];
  const failures: unknown[] = [];
  let next = 0;
  let running = true;
  const writers = Array.from({ length: 6 }, async () => {
    while (running) {
      const id = (next += 1);
      await db.query('INSERT INTO load VALUES ($1)', [id]).then(
        () => claimed.push(id),
        async (error: unknown) => {
          failures.push(error);
          await new Promise((resolve) => setTimeout(resolve, 20));
        },
      );
    }
  });
  for (let round = 0; round < 3; round += 1) {
    await postgres.restart();
    const before = claimed.length;
    const deadline = Date.now() + 10_000;
    while (claimed.length < before + 20 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(claimed.length).toBeGreaterThanOrEqual(before + 20);
  }
  running = false;
  await Promise.all(writers);
  expect(failures.length).toBeGreaterThan(0);
  expect(failures.every((error) => error instanceof AppError && error.status === 503)).toBe(true);
  const stored = new Set((await db.query<{ id: number }>('SELECT id FROM load')).map((row) => row.id));
  expect(claimed.filter((id) => !stored.has(id))).toEqual([]);
  await db.ping();
}, 60_000);

const PREPARED = `SELECT name FROM pg_prepared_statements WHERE statement LIKE 'SELECT id FROM probe WHERE id = $1%'`;

test('statements with parameters are prepared once a connection, and not behind a pooler', async () => {
  const direct = await Database.connect({ url: postgres.url, directUrl: postgres.url, poolMax: 1, applicationName: 'direct' });
  const pooled = await Database.connect({ url: postgres.url, directUrl: `${postgres.url}?other`, poolMax: 1, applicationName: 'pooled' });
  try {
    for (const database of [direct, pooled]) {
      for (const id of [1, 2]) await database.query('SELECT id FROM probe WHERE id = $1', [id]);
      await database.transaction((tx) => tx.query('SELECT id FROM probe WHERE id = $1', [1]));
    }
    expect(await direct.query(PREPARED)).toHaveLength(1);
    expect(await pooled.query(PREPARED)).toHaveLength(0);
  } finally {
    await direct.close();
    await pooled.close();
  }
});

test('a prepared statement whose columns changed costs one answer "unavailable", no more', async () => {
  const direct = await Database.connect({ url: postgres.url, poolMax: 1, applicationName: 'direct' });
  try {
    await db.query('CREATE TABLE widening (id int)');
    const read = () => direct.query('SELECT id FROM widening WHERE id > $1', [0]);
    await read();
    await db.query('ALTER TABLE widening ALTER COLUMN id TYPE bigint');
    await expect(read()).rejects.toMatchObject({ status: 503 });
    expect(await read()).toEqual([]);
  } finally {
    await direct.close();
  }
});
