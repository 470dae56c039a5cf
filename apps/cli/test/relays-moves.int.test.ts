import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { Database } from '@trunkline/persistence';
import { OperatorsDesk } from './trunkline.js';

jest.setTimeout(60_000);

let desk: OperatorsDesk;
let db: Database;
beforeAll(async () => {
  desk = await OperatorsDesk.open();
  db = await Database.connect({ url: desk.database.url, poolMax: 2, applicationName: 'test' });
});
afterAll(async () => {
  await db.close();
  await desk.close();
});

const events = async (subject: string): Promise<unknown[]> =>
  (await db.query<{ payload: unknown }>('SELECT payload FROM events.outbox WHERE subject = $1 ORDER BY id LIMIT 20', [subject])).map((row) => row.payload);

test('relays of both styles are asked, listed and left', async () => {
  expect(await desk.fine('relays', 'list')).toBe('No relays.\n');
  expect(await desk.fine('relays', 'add', 'https://relay.example/inbox')).toMatch(/^https:\/\/relay\.example\/inbox is asked \(mastodon style\)/);
  expect(await desk.fine('relays', 'add', 'https://pleroma.example/relay')).toMatch(/^https:\/\/pleroma\.example\/inbox is asked \(litepub style\)/);
  expect(await desk.fine('relays', 'list')).toMatch(/^https:\/\/pleroma\.example\/inbox +litepub +asked, no answer yet +https:\/\/pleroma\.example\/relay/m);
  expect(await desk.fine('relays', 'remove', 'https://pleroma.example/relay')).toMatch(/is left/);
  expect(await desk.run(['relays', 'remove', 'https://pleroma.example/relay'])).toMatchObject({ code: 1, err: expect.stringContaining('there is no relay') });
  expect(await events('relay.changed.v1')).toHaveLength(3);
  for (const url of ['relay.example', 'http://relay.example/inbox', 'https://home.example/inbox', 'https://a:b@relay.example/inbox']) expect([url, (await desk.run(['relays', 'add', url])).code]).toEqual([url, 1]);
});

test('aliases and moves, as far as this server knows the others', async () => {
  for (const name of ['alice', 'bob']) await desk.fine('accounts', 'create', name, '--email', `${name}@mail.example`, '--confirmed');
  const [alice] = await db.query<{ id: string; uri: string }>(`SELECT id, uri FROM social.accounts WHERE username = 'alice' LIMIT 1`);
  expect(await desk.run(['accounts', 'move', 'alice', 'bob'])).toMatchObject({ code: 1, err: expect.stringContaining('does not name') });
  expect(await desk.fine('accounts', 'alias', 'bob', 'alice')).toContain(String(alice?.uri));
  expect(await desk.fine('accounts', 'move', 'alice', 'bob')).toMatch(/^alice has moved to/);
  expect(await events('account.moved.v1')).toEqual([expect.objectContaining({ accountId: alice?.id, afterId: '0', local: true })]);
  expect(await desk.fine('accounts', 'alias', 'bob', 'alice', '--remove')).toBe('bob has no aliases.\n');
  expect(await desk.run(['accounts', 'move', 'alice', 'nobody@nowhere.example'])).toMatchObject({ code: 1, err: expect.stringContaining('is not known here') });
});
