import { createServer, type Server } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { AddressInfo } from 'node:net';
import { ScriptedRemote, startTestServer, until, type TestPerson, type TestServer } from '../src/index.js';
import { accountOf } from './foreign-ties.js';

jest.setTimeout(90_000);

let server: TestServer;
let remote: ScriptedRemote;
let alice: TestPerson;
/** What runs beside the server and must never hear from it: a database, a cloud's metadata. */
let inside: Server;
let port: number;
let visits = 0;

beforeAll(async () => {
  inside = createServer((socket) => {
    visits += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => inside.listen(0, '127.0.0.1', resolve));
  ({ port } = inside.address() as AddressInfo);
  remote = await ScriptedRemote.start();
  server = await startTestServer({ peers: [remote.host] });
  alice = await server.person('alice');
});
afterAll(async () => {
  await server?.stop();
  await remote?.stop();
  inside?.close();
});
afterEach(() => {
  if (visits > 0) throw new Error('somebody inside was asked');
});

const search = (q: string): Promise<{ status: number; body: unknown }> => alice.api.ask('GET', `/api/v2/search?resolve=true&q=${encodeURIComponent(q)}`);
const FOUND_NOTHING = { status: 200, body: { accounts: [], statuses: [], hashtags: [] } };

describe('a search for an address inside', () => {
  test.each([
    'http://127.0.0.1:PORT/users/x', 'https://127.0.0.1:PORT/users/x', 'http://localhost:PORT/users/x', 'https://localhost:PORT/users/x', 'https://LOCALHOST.:PORT/x',
    'https://127.1:PORT/x', 'https://2130706433:PORT/x', 'https://0x7f.0.0.1:PORT/x', 'https://0177.0.0.1:PORT/x', 'https://0.0.0.0:PORT/x',
    'https://[::1]:PORT/x', 'https://[::ffff:127.0.0.1]:PORT/x', 'https://[::ffff:7f00:1]:PORT/x', 'https://[::127.0.0.1]:PORT/x', 'https://[64:ff9b::7f00:1]:PORT/x',
    'https://10.0.0.1/x', 'https://192.168.1.1/x', 'https://172.16.0.1/x', 'https://169.254.169.254/latest/meta-data/', 'https://100.64.0.1/x', 'https://[fc00::1]/x', 'https://[fe80::1]/x',
    'https://①②⑦.⓪.⓪.①:PORT/x', 'https://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ:PORT/x', 'https://127。0。0。1:PORT/x', 'https://user:pass@127.0.0.1:PORT/x', 'https://remote.example@127.0.0.1:PORT/x', 'https://app.localhost:PORT/x',
    'file:///etc/passwd', 'gopher://127.0.0.1:PORT/x', 'ftp://127.0.0.1:PORT/x', 'javascript:alert(1)', '//127.0.0.1:PORT/x',
    '@x@127.0.0.1:PORT', '@x@localhost:PORT', '@x@[::1]:PORT', '@x@2130706433', '@x@localhost', '@x@metadata', '@x@10.0.0.1', '@x@①②⑦.⓪.⓪.①:PORT', '@x@remote.example@127.0.0.1:PORT', '@x@127.0.0.1:PORT/..',
  ])('%s finds nothing and asks nobody', async (q) => {
    expect(await search(q.replace('PORT', String(port)))).toMatchObject(FOUND_NOTHING);
  });
});

describe('a server outside that points inside', () => {
  const addresses = (): string[] => [`http://127.0.0.1:${port}/users/x`, `https://127.0.0.1:${port}/users/x`, `http://localhost:${port}/x`, `https://[::1]:${port}/x`, 'https://169.254.169.254/', 'file:///etc/passwd'];

  test('by redirecting what is fetched', async () => {
    for (const to of addresses()) {
      await remote.behave({ documents: { kind: 'redirect', to } });
      expect(await search(`${remote.baseUrl}/notes/${encodeURIComponent(to)}`)).toMatchObject(FOUND_NOTHING);
      expect(await search(`@x${addresses().indexOf(to)}@${remote.host}`)).toMatchObject(FOUND_NOTHING);
    }
    await remote.behave('honest');
  });

  test('by a WebFinger answer', async () => {
    await remote.behave({ documents: { kind: 'forged', forge: (body) => body.replace(/"href":"[^"]*"/, `"href":"https://127.0.0.1:${port}/users/x"`) } });
    expect(await search(`@${remote.person.handle}`)).toMatchObject(FOUND_NOTHING);
    await remote.behave('honest');
  });

  test('by a key that lies there', async () => {
    for (const keyId of addresses()) {
      const answer = await remote.sendActivity(`http://${server.domain}/inbox`, remote.person.activity('Like', alice.account.uri), { keyId });
      expect([400, 401, 503]).toContain(answer.status);
    }
  });

  test('by an inbox that lies there: nothing is delivered', async () => {
    const person = remote.addPerson('trap');
    const trap = `http://127.0.0.1:${port}/inbox`;
    remote.documents.set(person.id, person.actor({ inbox: trap, endpoints: { sharedInbox: trap } }));
    // Either the actor is refused, or what is sent to it goes nowhere.
    const id = await accountOf(alice.api, person.handle).catch(() => null);
    if (id !== null) await alice.api.ask('POST', `/api/v1/accounts/${id}/follow`);
    await remote.sendActivity(`http://${server.domain}/inbox`, person.activity('Follow', alice.account.uri), { as: person });
    await alice.api.post('/api/v1/statuses', { status: 'Into the trap' });
    await until('the plan to be made', async () => {
      const rows = await server.backbone.db.query<{ n: number }>(`SELECT count(*)::int AS n FROM events.outbox WHERE published_at IS NULL`);
      return rows[0]?.n === 0;
    });
  });

  test('by a note that answers something there', async () => {
    const note = remote.person.note('hello', { inReplyTo: `https://127.0.0.1:${port}/notes/1`, quoteUrl: `http://127.0.0.1:${port}/notes/2`, attachment: [{ type: 'Image', url: `http://127.0.0.1:${port}/image.png`, mediaType: 'image/png' }], cc: [alice.account.uri] });
    expect((await remote.sendActivity(`http://${server.domain}/inbox`, remote.person.create(note))).status).toBe(202);
    await until('the note', async () => (await server.backbone.store.statusesByUris([note.id]))[0]);
  });
});
