import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { ScriptedRemote, startTestServer, until, type TestPerson, type TestServer } from '@trunkline/testing';
import { ProbeDeadHostsAdapter } from '../src/probe-dead-hosts/probe-dead-hosts.adapter.js';

jest.setTimeout(120_000);

let rem: ScriptedRemote;
let server: TestServer;
let copy: TestServer;
let alice: TestPerson;
beforeAll(async () => {
  rem = await ScriptedRemote.start({ name: 'rem' });
  server = await startTestServer({ peers: [rem.host] });
  copy = await startTestServer({ sharing: server });
  alice = await server.person('alice');
  await rem.follow(alice.account.uri, `http://${server.domain}/inbox`);
  await rem.untilPost('an Accept', ({ type }) => type === 'Accept');
  await server.settled();
});
afterAll(async () => {
  await copy.stop();
  await Promise.all([server, rem].map((one) => one.stop()));
});
beforeEach(() => rem.behave('honest'));

async function dead(days: number): Promise<void> {
  await server.backbone.db.query(
    `INSERT INTO federation.hosts (host, consecutive_failures, failure_days, last_failure_day, unavailable_since) VALUES ($1, 40, 7, 20000, now() - $2 * interval '1 day')
     ON CONFLICT (host) DO UPDATE SET consecutive_failures = 40, failure_days = 7, last_failure_day = 20000, unavailable_since = excluded.unavailable_since, paused_until = NULL, probed_at = NULL, updated_at = clock_timestamp()`,
    [rem.host, days],
  );
  // What one copy learns the others count with after a second.
  await new Promise((resolve) => setTimeout(resolve, 1_100));
}
const state = async () => (await server.backbone.hosts.load([rem.host])).get(rem.host);
/** All copies look at once. */
const probe = (): Promise<number[]> => Promise.all([server, copy].map(({ service }) => service.app.get(ProbeDeadHostsAdapter).look()));
const write = (text: string) => alice.api.post<{ id: string; uri: string }>('/api/v1/statuses', { status: text });
const typesTo = (uri: string): (string | null)[] => rem.posts.filter(({ body }) => body.includes(uri)).map(({ type }) => type);

test('a dead host that is back and never speaks is found by a probe of one copy, and gets what ended meanwhile, but no old posts', async () => {
  const before = await write('from before');
  await rem.untilPost('the first post', ({ body }) => body.includes(before.uri));
  await server.settled();
  await dead(2);
  const during = await write('while it was dead');
  await alice.api.delete(`/api/v1/statuses/${before.id}`);
  await server.settled();
  expect([typesTo(before.uri), typesTo(during.uri)]).toEqual([['Create'], []]);

  const asked = rem.gets.length;
  expect((await probe()).sort()).toEqual([0, 1]);
  expect(rem.gets.slice(asked)).toEqual(['/.well-known/nodeinfo']);
  await rem.untilPost('the Delete', ({ body, type }) => type === 'Delete' && body.includes(before.uri));
  await until('it to count as alive', async () => (await state())?.consecutiveFailures === 0);
  const after = await write('it is back');
  await rem.untilPost('what is new', ({ body }) => body.includes(after.uri));
  expect(typesTo(during.uri)).toEqual([]);
});

test('one that does not answer stays dead and is asked once a day, later once a week', async () => {
  await rem.behave('dead');
  await dead(2);
  expect(await probe()).toEqual([0, 0]);
  expect((await state())?.unavailableSinceMs).not.toBeNull();
  await rem.behave('honest');
  expect(await probe()).toEqual([0, 0]);
  await server.backbone.db.query(`UPDATE federation.hosts SET probed_at = now() - interval '6 days', unavailable_since = now() - interval '100 days' WHERE host = $1`, [rem.host]);
  expect(await probe()).toEqual([0, 0]);
  await server.backbone.db.query(`UPDATE federation.hosts SET probed_at = now() - interval '8 days' WHERE host = $1`, [rem.host]);
  expect((await probe()).sort()).toEqual([0, 1]);
});

test('a parked domain is not alive, and a host that answers and refuses is dead again after another day', async () => {
  await dead(2);
  const page = { kind: 'status', status: 200, headers: { 'Content-Type': 'text/html' }, body: '<h1>Buy this domain</h1>' } as const;
  await rem.behave({ documents: page });
  expect(await probe()).toEqual([0, 0]);
  await rem.behave({ documents: { kind: 'honest' }, inbox: { kind: 'status', status: 500 } });
  await server.backbone.db.query('UPDATE federation.hosts SET probed_at = NULL WHERE host = $1', [rem.host]);
  expect((await probe()).sort()).toEqual([0, 1]);
  const post = await write('is anybody there?');
  await rem.untilPost('one try', ({ body }) => body.includes(post.uri));
  await until('it to be dead again', async () => (await state())?.unavailableSinceMs !== null);
});

test('S058 what the NodeInfo of a dead host names is not asked for, and a redirect leads nowhere inside', async () => {
  const knocks: string[] = [];
  const inside = createServer((request, response) => {
    knocks.push(request.url ?? '');
    response.end('{"links":[{"rel":"http://nodeinfo.diaspora.software/ns/schema/2.0","href":"https://a.example/"}]}');
  });
  await new Promise<void>((resolve) => inside.listen(0, '127.0.0.1', resolve));
  const address = `127.0.0.1:${(inside.address() as AddressInfo).port}`;
  const hostsInside = () => server.backbone.db.query('SELECT host FROM federation.hosts WHERE host LIKE $1', ['127.0.0.1:%']);
  const known = await hostsInside();
  const links = [`http://${address}/nodeinfo`, 'data:application/json,{}', 'file:///etc/passwd'].map((href) => ({ rel: 'http://nodeinfo.diaspora.software/ns/schema/2.0', href }));
  await rem.behave('honest');
  rem.answers.set('/.well-known/nodeinfo', { kind: 'status', status: 200, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ links }) });
  await dead(2);
  const asked = rem.gets.length;
  expect((await probe()).sort()).toEqual([0, 1]);
  expect([rem.gets.slice(asked), knocks]).toEqual([['/.well-known/nodeinfo'], []]);
  rem.answers.set('/.well-known/nodeinfo', { kind: 'redirect', to: `http://${address}/.well-known/nodeinfo` });
  await rem.behave({ documents: { kind: 'status', status: 404 } });
  await dead(2);
  expect(await probe()).toEqual([0, 0]);
  expect((await state())?.unavailableSinceMs).not.toBeNull();
  expect([knocks, await hostsInside()]).toEqual([[], known]);
  rem.answers.delete('/.well-known/nodeinfo');
  await new Promise((resolve) => inside.close(resolve));
});

test('of what ended nothing is kept for a host that is dead for more than a month', async () => {
  const old = await write('old');
  await server.settled();
  await dead(40);
  await alice.api.delete(`/api/v1/statuses/${old.id}`);
  await server.settled();
  const rows = await server.backbone.db.query(
    `SELECT 1 FROM federation.delivery_bodies b JOIN federation.delivery_retries r ON r.body_id = b.id WHERE b.activity_id = $1`,
    [`${old.uri}#delete`],
  );
  expect(rows).toEqual([]);
});
