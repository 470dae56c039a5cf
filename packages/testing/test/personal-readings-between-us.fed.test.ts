import { createPrivateKey } from 'node:crypto';
import { createServer, request, type Server } from 'node:http';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { actorUris } from '@trunkline/activitypub';
import { freePort, startTestServer, until, type TestPerson, type TestServer } from '../src/index.js';

jest.setTimeout(120_000);

// Ours shows a post to followers to the whole server of one, so that a gate before it refuses what stricter servers would: whoever is no person.
let [home, away]: TestServer[] = [];
let gate: Server;
const refused: string[] = [];
let [bob, carol, alice]: TestPerson[] = [];
beforeAll(async () => {
  const [homePort, gatePort, awayPort] = [await freePort(), await freePort(), await freePort()];
  gate = createServer((incoming, answer) => {
    const isServer = /keyid="[^"]*\/actor#main-key"/i.test(String(incoming.headers['signature-input'] ?? incoming.headers['signature']));
    if (incoming.method === 'GET' && isServer && /\/statuses\//.test(incoming.url ?? '')) {
      refused.push(incoming.url ?? '');
      return void answer.writeHead(401).end();
    }
    const onwards = request({ host: '127.0.0.1', port: awayPort, method: incoming.method, path: incoming.url, headers: incoming.headers }, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
    });
    onwards.on('error', () => answer.destroy());
    incoming.pipe(onwards);
  });
  await new Promise<void>((resolve) => gate.listen(gatePort, '127.0.0.1', resolve));
  home = await startTestServer({ port: homePort, peers: [`localhost:${gatePort}`] });
  away = await startTestServer({ port: awayPort, domain: `localhost:${gatePort}`, peers: [`localhost:${homePort}`], env: { AUTHORIZED_FETCH: 'true' } });
  [bob, carol, alice] = [await home.person('bob'), await home.person('carol'), await away.person('alice')];
}, 90_000);
afterAll(async () => {
  await Promise.all([home?.stop(), away?.stop()]);
  gate.closeAllConnections();
  gate.close();
});

test('a whole server of ours gives a follower’s signature what it refused to their server', async () => {
  if (home === undefined || away === undefined || bob === undefined || carol === undefined || alice === undefined) throw new Error('not started');
  // Written before bob followed: only its address comes.
  const { uri } = await alice.api.post<{ uri: string }>('/api/v1/statuses', { status: 'for my followers', visibility: 'private' });
  const found = await bob.api.get<{ accounts: { id: string }[] }>(`/api/v2/search?resolve=true&type=accounts&q=${encodeURIComponent(alice.handle)}`);
  await bob.api.post(`/api/v1/accounts/${found.accounts[0]?.id}/follow`);
  await until('the follow to stand', async () => (await bob?.api.get<{ following: boolean }[]>(`/api/v1/accounts/relationships?id[]=${found.accounts[0]?.id}`))?.[0]?.following);

  const { accountKeys, federation, settings } = away.backbone;
  const { keyId, followers } = actorUris(settings.baseUrl, alice.account.id);
  const privateKey = createPrivateKey((await accountKeys.getOrCreate(alice.account.id)).privateKeyPem);
  const create = { '@context': 'https://www.w3.org/ns/activitystreams', id: `${uri}/activity`, type: 'Create', actor: alice.account.uri, object: uri, to: [followers], cc: [] };
  expect(await federation.sender({ keyId, privateKey, body: JSON.stringify(create) })(`http://${home.domain}/inbox`)).toMatchObject({ kind: 'delivered' });

  const status = await until('the post', async () => (await home?.backbone.store.statusesByUris([uri]))?.[0]);
  expect(status).toMatchObject({ visibility: 'private', content: '<p>for my followers</p>' });
  expect(refused).toContain(new URL(uri).pathname);
  expect((await bob.api.ask('GET', `/api/v1/statuses/${status.id}`)).status).toBe(200);
  expect((await carol.api.ask('GET', `/api/v1/statuses/${status.id}`)).status).toBe(404);
});
