import { createCipheriv, createDecipheriv, createPublicKey, randomBytes, sign, verify } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { snowflake } from '@trunkline/kernel';
import { Database } from '../src/database.js';
import { AccountKeyStore, InstanceKeyStore, ProofKeyStore, type Sealer } from '../src/ledger/key-store.js';
import { PersonalReadingStore } from '../src/ledger/personal-readings.js';
import { ReadingStore } from '../src/ledger/readings.js';
import { PARTITION_DAYS_AHEAD } from '../src/migrate.js';
import { ensurePartitions } from '../src/partitions.js';
import { ROLE_APPS, type RoleApp } from '../src/role-grants.js';
import { applyRoles } from '../src/roles.js';
import { startDatabase, type TestPostgres } from './postgres.js';

const PASSWORD = 'a-password-of-tests';
let owner: Database;
let postgres: TestPostgres;
let stop: () => Promise<void>;
let names: Record<RoleApp, string>;
const pools = new Map<RoleApp, Database>();

beforeAll(async () => {
  ({ db: owner, postgres, stop } = await startDatabase());
  const passwords = Object.fromEntries(ROLE_APPS.map((app) => [app, PASSWORD]));
  // Twice: a second run changes nothing.
  names = await applyRoles(owner, { passwords });
  names = await applyRoles(owner, { passwords });
  for (const app of ROLE_APPS) {
    const url = new URL(postgres.url);
    [url.username, url.password] = [names[app], PASSWORD];
    pools.set(app, await Database.connect({ url: url.href, poolMax: 2, applicationName: app }));
  }
}, 60_000);
afterAll(async () => {
  await Promise.all([...pools.values()].map((pool) => pool.close()));
  // Roles belong to the whole server, which other tests may share.
  for (const name of Object.values(names)) {
    await owner.query(`DROP OWNED BY "${name}"`);
    await owner.query(`DROP ROLE "${name}"`);
  }
  await stop();
});

const as = (app: RoleApp): Database => {
  const pool = pools.get(app);
  if (pool === undefined) throw new Error(`no pool for ${app}`);
  return pool;
};
const DENIED = { code: '42501' };

test.each<[RoleApp, string]>([
  ['inbox', 'SELECT private_key_sealed FROM keys.account_keys LIMIT 1'],
  ['api', 'SELECT private_key_sealed FROM keys.account_keys LIMIT 1'],
  ['cli', 'SELECT private_key_sealed FROM keys.account_keys LIMIT 1'],
  ['cli', 'SELECT private_key_sealed FROM keys.instance_key LIMIT 1'],
  ['timeline', `UPDATE social.statuses SET content = ''`],
  ['timeline', 'DELETE FROM social.follows'],
  ['timeline', 'SELECT password_hash FROM identity.users LIMIT 1'],
  ['outbox', `UPDATE social.accounts SET note = ''`],
  ['outbox', 'SELECT email FROM identity.users LIMIT 1'],
  ['streaming', 'SELECT email FROM identity.users LIMIT 1'],
  ['streaming', 'DELETE FROM timeline.notifications'],
  ['media', 'SELECT email FROM identity.users LIMIT 1'],
  ['web', 'SELECT id FROM identity.tokens LIMIT 1'],
  ['web', 'SELECT id FROM moderation.reports LIMIT 1'],
  ['inbox', 'SELECT private_key_sealed FROM keys.proof_keys LIMIT 1'],
  ['api', 'SELECT public_key_pem FROM keys.proof_keys LIMIT 1'],
  ['inbox', 'SELECT id FROM identity.users LIMIT 1'],
  ['inbox', `UPDATE moderation.domain_rules SET severity = 'noop'`],
  ['api', 'SELECT body FROM federation.inbound LIMIT 1'],
  ['api', 'DELETE FROM federation.readings'],
  ['outbox', `INSERT INTO social.tombstones (uri, actor_uri) VALUES ('a', 'b')`],
  ['api', `INSERT INTO moderation.domain_allows VALUES (1, 'x')`],
  ['api', `UPDATE timeline.notifications SET account_id = 1`],
  ['moderation', 'DELETE FROM federation.inbound'],
  ['moderation', 'SELECT password_hash FROM identity.users LIMIT 1'],
  ['inbox', 'CREATE TABLE social.mine (id int)'],
  ['inbox', 'DROP TABLE federation.inbound'],
])('%s may not: %s', async (app, sql) => {
  await expect(as(app).query(sql)).rejects.toMatchObject(DENIED);
});

test.each<[RoleApp, string]>([
  ['api', `UPDATE social.statuses SET content = '' WHERE id = 0`],
  ['api', `UPDATE timeline.notifications SET dismissed_at = now() WHERE id = 0`],
  ['inbox', `INSERT INTO federation.inbound (id, activity_type, actor_uri, signer_host, body) VALUES (1, 'Like', 'a', 'h', '{}')`],
  ['inbox', 'SELECT public_key_pem FROM keys.instance_key LIMIT 1'],
  ['outbox', 'SELECT private_key_sealed FROM keys.account_keys LIMIT 1'],
  ['outbox', `UPDATE federation.delivery_chunks SET state = 'done' WHERE id = 0`],
  ['timeline', 'SELECT id FROM social.statuses LIMIT 1'],
  ['timeline', 'DELETE FROM timeline.notifications WHERE id = 0'],
  ['moderation', 'UPDATE identity.users SET approved = true WHERE id = 0'],
  ['streaming', 'SELECT token_hash FROM identity.tokens LIMIT 1'],
  ['web', 'SELECT id FROM social.statuses LIMIT 1'],
  ['cli', `UPDATE federation.inbound SET state = 'stored' WHERE id = 0`],
])('%s may: %s', async (app, sql) => {
  await as(app).query(sql);
});

test.each(ROLE_APPS)('%s publishes, makes days and knows which migrations ran', async (app) => {
  await as(app).query(`INSERT INTO events.outbox (id, event_id, subject, payload) VALUES ($1, gen_random_uuid(), 's', '{}')`, [
    String(ROLE_APPS.indexOf(app) + 1),
  ]);
  expect(await ensurePartitions(as(app), PARTITION_DAYS_AHEAD)).toBe(0);
  expect(await as(app).query('SELECT name FROM public.schema_migrations LIMIT 100')).not.toEqual([]);
});

test('what the api asks to be read elsewhere the inbox reads, one copy at a time, and not again while it rests', async () => {
  const clock = { nowMs: () => Date.now() };
  const [api, inbox, copy] = [new ReadingStore(as('api'), clock), new ReadingStore(as('inbox'), clock), new ReadingStore(as('inbox'), clock)];
  const thread = { kind: 'thread', subjectId: snowflake('77'), coolDownMs: 60_000 } as const;
  expect([await api.ask(thread), await api.ask(thread)]).toEqual([true, false]);
  expect(await inbox.claim(['followers'], 2, 60)).toEqual([]);
  const claims = (await Promise.all([inbox.claim(['thread'], 2, 60), copy.claim(['thread', 'outbox'], 2, 60)])).flat();
  expect(claims).toEqual([{ kind: 'thread', subjectId: '77', detail: {}, attempts: 1 }]);
  await inbox.tell('thread', thread.subjectId, 2);
  expect(await api.stateOf('thread', thread.subjectId)).toMatchObject({ state: 'waiting', found: 2 });
  await inbox.finish('thread', thread.subjectId, 3);
  expect([await api.ask(thread), await api.stateOf('thread', thread.subjectId)]).toEqual([false, expect.objectContaining({ state: 'done', found: 3 })]);
  expect(await api.ask({ ...thread, coolDownMs: 0 })).toBe(true);
  // A holder that was killed: its lease is over, another has it.
  expect(await inbox.claim(['thread'], 2, -1)).toHaveLength(1);
  expect(await copy.claim(['thread'], 2, 60)).toMatchObject([{ attempts: 2 }]);
});

test('what the inbox asks to be read in the name of a person the outbox reads, and the inbox takes', async () => {
  const clock = { nowMs: () => Date.now() };
  const [inbox, outbox] = [new PersonalReadingStore(as('inbox'), clock), new PersonalReadingStore(as('outbox'), clock)];
  const asked = { uri: 'https://away.example/notes/1', authorId: snowflake('1'), named: [], domain: 'away.example' };
  expect(await inbox.ask(asked, new Date())).toBe(true);
  const [claimed] = await outbox.claim({ limit: 8, leaseSeconds: 60, exceptDomains: [] });
  expect(claimed).toMatchObject({ ...asked, attempts: 1 });
  expect(await outbox.readersOf(asked, 8)).toEqual([]);
  if (claimed !== undefined) await outbox.answer(claimed, { state: 'read', document: '{}' });
  expect(await inbox.take(asked.uri, new Date(0))).toEqual({ state: 'read', document: '{}' });
});

test('a role without rights on partitions makes new ones through the function', async () => {
  expect(await ensurePartitions(as('outbox'), 8)).toBeGreaterThan(0);
});

test('a password never stands in a statement', async () => {
  const [row] = await owner.query<{ secret: string }>('SELECT rolpassword AS secret FROM pg_authid WHERE rolname = $1', [names.inbox]);
  expect(row?.secret).toMatch(/^SCRAM-SHA-256\$4096:/);
});

/** The platform's key ring in small. */
const secret = randomBytes(32);
const sealer: Sealer = {
  encrypt: (plain, aad) => {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', secret, nonce).setAAD(Buffer.from(aad));
    return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]).toString('base64');
  },
  decrypt: (sealed, aad) => {
    const all = Buffer.from(sealed, 'base64');
    const decipher = createDecipheriv('aes-256-gcm', secret, all.subarray(0, 12)).setAAD(Buffer.from(aad)).setAuthTag(all.subarray(-16));
    return Buffer.concat([decipher.update(all.subarray(12, -16)), decipher.final()]);
  },
};

test('two copies that make a key at once agree on one that signs; it lies sealed and bound to its account', async () => {
  const keys = new AccountKeyStore(as('outbox'), sealer);
  const [one, two] = await Promise.all([keys.getOrCreate(snowflake('5')), new AccountKeyStore(as('outbox'), sealer).getOrCreate(snowflake('5'))]);
  expect(one).toEqual(two);
  const signature = sign('sha256', Buffer.from('text'), one.privateKeyPem);
  expect(verify('sha256', Buffer.from('text'), createPublicKey(one.publicKeyPem), signature)).toBe(true);
  const [row] = await owner.query<{ sealed: string }>('SELECT private_key_sealed AS sealed FROM keys.account_keys WHERE account_id = 5');
  expect(row?.sealed).not.toContain('PRIVATE');
  await owner.query('INSERT INTO keys.account_keys SELECT 6, public_key_pem, private_key_sealed FROM keys.account_keys WHERE account_id = 5');
  await expect(keys.getOrCreate(snowflake('6'))).rejects.toThrow();
  await keys.delete(snowflake('5'));
  expect((await keys.find([snowflake('5')])).size).toBe(0);
});

test('copies that make a proof key at once agree on one; it lies sealed and bound to its account, and the server has one too', async () => {
  const ids = [snowflake('5'), snowflake('0')];
  for (const id of ids) {
    const pairs = await Promise.all([1, 2, 3].map(() => new ProofKeyStore(as('outbox'), sealer).getOrCreate(id)));
    expect(new Set(pairs.map(({ privateKeyPem }) => privateKeyPem)).size).toBe(1);
  }
  const keys = new ProofKeyStore(as('outbox'), sealer);
  const five = await keys.getOrCreate(snowflake('5'));
  expect(verify(null, Buffer.from('text'), createPublicKey(five.publicKeyPem), sign(null, Buffer.from('text'), five.privateKeyPem))).toBe(true);
  expect((await keys.find([...ids, snowflake('7')])).size).toBe(2);
  const [row] = await owner.query<{ sealed: string }>('SELECT private_key_sealed AS sealed FROM keys.proof_keys WHERE account_id = 5');
  expect(row?.sealed).not.toContain('PRIVATE');
  await owner.query('INSERT INTO keys.proof_keys SELECT 6, public_key_pem, private_key_sealed FROM keys.proof_keys WHERE account_id = 5');
  await expect(keys.getOrCreate(snowflake('6'))).rejects.toThrow();
});

test('whoever fetches first makes the instance key, and all get the same', async () => {
  const pairs = await Promise.all((['inbox', 'api', 'outbox', 'moderation'] as const).map((app) => new InstanceKeyStore(as(app), sealer).getOrCreate()));
  expect(new Set(pairs.map((pair) => pair.publicKeyPem)).size).toBe(1);
});
