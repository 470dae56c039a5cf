import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Database } from '../src/database.js';
import { migrate, migrationsAreCurrent } from '../src/migrate.js';
import { startPostgres, type TestPostgres } from './postgres.js';

let postgres: TestPostgres;
beforeAll(async () => { postgres = await startPostgres(); }, 60_000);
afterAll(async () => postgres.stop());
test('migrates', async () => {
  const db = await Database.connect({ url: postgres.url, poolMax: 4, applicationName: 't' });
  expect(await migrationsAreCurrent(db)).toBe(false);
  await Promise.all([migrate(postgres.url), migrate(postgres.url)]);
  expect(await migrationsAreCurrent(db)).toBe(true);
  console.log(await db.query(`SELECT c.relname, pg_get_expr(c.relpartbound, c.oid) FROM pg_class c WHERE relispartition AND relkind='r' ORDER BY 1`));
  await db.close();
});
