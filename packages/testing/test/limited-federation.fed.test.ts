import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { ScriptedRemote, startTestServer, until, type TestPerson, type TestServer } from '../src/index.js';
import { accountOf, befriend, noteFrom } from './foreign-ties.js';

jest.setTimeout(120_000);

let server: TestServer;
let known: ScriptedRemote;
let unknown: ScriptedRemote;
let owner: TestPerson;
let alice: TestPerson;

beforeAll(async () => {
  [known, unknown] = [await ScriptedRemote.start({ name: 'kay' }), await ScriptedRemote.start({ name: 'uma' })];
  server = await startTestServer({ peers: [known.host, unknown.host], env: { LIMITED_FEDERATION_MODE: 'true' } });
  owner = await server.person('olga', { role: 'Owner' });
  alice = await server.person('alice');
  await owner.api.post('/api/v1/admin/domain_allows', { domain: known.host });
  await until('the rule to hold', () => server.backbone.policy.current().allowedDomains.includes(known.host));
});
afterAll(async () => {
  await server?.stop();
  await Promise.all([known?.stop(), unknown?.stop()]);
});

const inbox = (): string => `http://${server.domain}/inbox`;

test('with a server that is allowed everything works, both ways', async () => {
  await befriend(server, alice, known);
  const note = await noteFrom(server, known, 'we are let in');
  const home = await alice.api.get<{ uri: string }[]>('/api/v1/timelines/home');
  expect(home.map(({ uri }) => uri)).toContain(note.uri);
  const posted = await alice.api.post<{ uri: string }>('/api/v1/statuses', { status: 'Hello out there' });
  const created = await known.untilPost('the post', ({ body, type }) => type === 'Create' && body.includes(posted.uri));
  expect(created.signature).toBe('valid');
  expect((await known.fetchDocument(alice.account.uri)).status).toBe(200);
});

test('from any other nothing comes in', async () => {
  const answer = await unknown.sendActivity(inbox(), unknown.person.activity('Follow', alice.account.uri));
  expect(answer.status).toBe(403);
  expect(await server.backbone.store.accountsByUris([unknown.person.id])).toEqual([]);
  expect(unknown.gets).toEqual([]);
});

test('nothing is fetched from it', async () => {
  const note = unknown.person.note('out of reach');
  for (const q of [unknown.person.handle, unknown.person.id, note.id]) {
    const found = await alice.api.get<{ accounts: unknown[]; statuses: unknown[] }>(`/api/v2/search?resolve=true&q=${encodeURIComponent(q)}`);
    expect([q, found.accounts, found.statuses]).toEqual([q, [], []]);
  }
  await expect(accountOf(alice.api, unknown.person.handle)).rejects.toThrow('was not found');
  expect(unknown.gets).toEqual([]);
});

test('nothing is sent to it, though it is named', async () => {
  await alice.api.post('/api/v1/statuses', { status: `@${unknown.person.handle} @${known.person.handle} hello` });
  await known.untilPost('the post', ({ body }) => body.includes(unknown.person.handle));
  await server.settled();
  expect([unknown.posts, unknown.gets]).toEqual([[], []]);
});

test('it reads nothing here, signed or not; nor do strangers', async () => {
  expect((await unknown.fetchDocument(alice.account.uri)).status).toBe(403);
  expect((await fetch(alice.account.uri, { headers: { accept: 'application/activity+json' } })).status).toBe(401);
});
