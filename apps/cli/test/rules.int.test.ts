import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { LIVE } from '@trunkline/contracts';
import { domainVerdict } from '@trunkline/domain';
import { connectBroker, LiveBus, type Broker } from '@trunkline/messaging';
import { Database, SqlModerationStore } from '@trunkline/persistence';
import { snowflake } from '@trunkline/kernel';
import { until } from '@trunkline/testing';
import { OperatorsDesk } from './trunkline.js';

jest.setTimeout(60_000);

const AWAY = { NATS_URL: 'nats://127.0.0.1:1' };
let desk: OperatorsDesk;
let db: Database;
let broker: Broker;
let told = 0;

beforeAll(async () => {
  desk = await OperatorsDesk.open();
  db = await Database.connect({ url: desk.database.url, poolMax: 2, applicationName: 'test' });
  broker = await connectBroker({ url: desk.env['NATS_URL'] ?? '', prefix: desk.env['NATS_PREFIX'] ?? '', name: 'test', hooks: { log: () => undefined } });
  new LiveBus(broker).subscribe(LIVE.rules, () => void (told += 1));
  await broker.nats.flush();
});
afterAll(async () => {
  await broker.drain();
  await db.close();
  await desk.close();
});

const snapshot = async () => ({ ...(await new SqlModerationStore(db, { next: () => snowflake('7'), at: () => snowflake('7') }).snapshot()), limitedFederation: false });

describe('domains', () => {
  test('suspended, silenced, listed, removed; running servers are told', async () => {
    expect(await desk.fine('domains', 'list')).toBe('No rules.\n');
    expect(await desk.fine('domains', 'suspend', 'https://Spam.example/', '--comment', 'nothing but spam')).toBe('spam.example is suspended. Ended: 0 follows from here, 0 from there.\n');
    await until('the servers to be told', () => told === 1);
    expect(domainVerdict(await snapshot(), 'a.spam.example').suspended).toBe(true);
    await desk.fine('domains', 'silence', 'loud.example');
    expect(await desk.fine('domains', 'list')).toMatch(/^spam\.example +suspend +nothing but spam +\d{4}-/m);
    // The comment of the first decision stays when the second gives none.
    await desk.fine('domains', 'silence', 'spam.example');
    expect(await desk.fine('domains', 'list')).toMatch(/^spam\.example +silence +nothing but spam/m);
    await desk.fine('domains', 'remove', 'spam.example');
    expect(domainVerdict(await snapshot(), 'spam.example')).toMatchObject({ suspended: false, silenced: false });
    expect(await desk.run(['domains', 'remove', 'spam.example'])).toMatchObject({ code: 1, err: expect.stringContaining('there is no rule about spam.example') });
  });

  test('follows with a suspended server end', async () => {
    await db.query(
      `WITH people (id, name, domain) AS (VALUES (11::bigint, 'lena', NULL::text), (12, 'eve', 'evil.example')), made AS (
         INSERT INTO social.accounts (id, username, domain, uri, url, inbox_url)
         SELECT id, name, domain, 'https://x.example/' || name, 'https://x.example/' || name, 'https://x.example/inbox' FROM people RETURNING id)
       INSERT INTO social.account_stats (account_id) SELECT id FROM made`,
    );
    await db.query('INSERT INTO social.follows (id, account_id, target_account_id) VALUES (21, 11, 12), (22, 12, 11)');
    expect(await desk.fine('domains', 'suspend', 'evil.example')).toContain('Ended: 1 follows from here, 1 from there.');
    expect(await db.query('SELECT 1 FROM social.follows LIMIT 1')).toEqual([]);
  });

  test('a broker that is away delays nobody: the rule stands', async () => {
    const beganMs = performance.now();
    expect(await desk.run(['domains', 'suspend', 'later.example'], AWAY)).toMatchObject({ code: 0 });
    expect(performance.now() - beganMs).toBeLessThan(20_000);
    expect(domainVerdict(await snapshot(), 'later.example').suspended).toBe(true);
  });

  test('the allow-list, and what is no server', async () => {
    expect(await desk.fine('domains', 'allow', 'friend.example')).toContain('It counts once LIMITED_FEDERATION_MODE is on.');
    expect((await snapshot()).allowedDomains).toEqual(['friend.example']);
    expect(await desk.fine('domains', 'list')).toMatch(/^friend\.example +allow/m);
    expect(await desk.fine('domains', 'remove', 'friend.example')).toContain('off the allow-list');
    expect(await desk.run(['domains', 'suspend', 'home.example'])).toMatchObject({ code: 1, err: 'trunkline: home.example is this server.\n' });
    expect(await desk.run(['domains', 'suspend', 'a b'])).toMatchObject({ code: 1, err: 'trunkline: a b is no domain.\n' });
  });
});

test('registrations open, by approval, closed', async () => {
  expect(await desk.fine('registrations')).toBe('Sign-ups wait for a moderator. They say why they want to join.\n');
  expect(await desk.fine('registrations', 'open')).toBe('Anybody may sign up.\n');
  expect((await snapshot()).registrations).toBe('open');
  expect(await desk.fine('registrations', 'approved', '--no-reason')).toBe('Sign-ups wait for a moderator. They are not asked why.\n');
  expect(await desk.fine('registrations', 'closed')).toBe('Nobody may sign up.\n');
  expect((await snapshot()).registrations).toBe('none');
});

test('rules are added, listed, removed', async () => {
  const id = /\d+/.exec(await desk.fine('rules', 'add', 'Be kind', '--hint', 'really'))?.[0] ?? '';
  expect(await desk.fine('rules', 'list')).toMatch(new RegExp(`^${id} +Be kind$`, 'm'));
  expect((await snapshot()).serverRules).toEqual([{ id, text: 'Be kind', hint: 'really' }]);
  await desk.fine('rules', 'remove', id);
  expect(await desk.run(['rules', 'remove', id])).toMatchObject({ code: 1, err: `trunkline: there is no rule ${id}.\n` });
  expect(await desk.run(['rules', 'remove', 'x'])).toMatchObject({ code: 1 });
  expect(await desk.run(['rules', 'add', ' '])).toMatchObject({ code: 1 });
});
