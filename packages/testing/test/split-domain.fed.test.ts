import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { freePort, startTestServer, until, type TestPerson, type TestServer } from '../src/index.js';

jest.setTimeout(120_000);

/** Handles are at LOCAL_DOMAIN, whose web server sends what is well known to WEB_DOMAIN, as operators are told to set it up. */
let front: Server;
let home: TestServer;
let away: TestServer;
let ann: TestPerson;
let bea: TestPerson;
let [localDomain, webDomain] = ['', ''];
beforeAll(async () => {
  front = createServer((request, response) => {
    const isKnown = request.url?.startsWith('/.well-known/') === true;
    response.writeHead(isKnown ? 301 : 404, isKnown ? { Location: `http://${webDomain}${request.url}` } : {}).end();
  });
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
  const [homePort, awayPort] = [await freePort(), await freePort()];
  localDomain = `localhost:${(front.address() as AddressInfo).port}`;
  webDomain = `localhost:${homePort}`;
  home = await startTestServer({ port: homePort, domain: localDomain, peers: [webDomain, `localhost:${awayPort}`], env: { WEB_DOMAIN: webDomain } });
  away = await startTestServer({ port: awayPort, peers: [localDomain, webDomain] });
  [ann, bea] = [await home.person('ann'), await away.person('bea')];
});
afterAll(async () => {
  await Promise.all([home.stop(), away.stop()]);
  await new Promise((resolve) => front.close(resolve));
});

const find = async (person: TestPerson, text: string): Promise<{ id: string; acct: string } | undefined> =>
  (await person.api.get<{ accounts: { id: string; acct: string }[] }>(`/api/v2/search?resolve=true&type=accounts&q=${encodeURIComponent(text)}`)).accounts[0];

test('names are at LOCAL_DOMAIN, documents at WEB_DOMAIN, and both answer for both', async () => {
  expect(new URL(ann.account.uri).host).toBe(webDomain);
  const actor = (await (await fetch(ann.account.uri, { headers: { accept: 'application/activity+json' } })).json()) as Record<string, unknown>;
  expect(actor).toMatchObject({ preferredUsername: 'ann', webfinger: `ann@${localDomain}` });
  for (const asked of [localDomain, webDomain]) {
    for (const named of [localDomain, webDomain]) {
      const answer = await fetch(`http://${asked}/.well-known/webfinger?resource=acct:ann@${named}`);
      expect([asked, named, await answer.json()]).toEqual([asked, named, expect.objectContaining({ subject: `acct:ann@${localDomain}` })]);
    }
    expect([asked, await (await fetch(`http://${asked}/.well-known/host-meta`)).text()]).toEqual([asked, expect.stringContaining(`http://${webDomain}/.well-known/webfinger?resource={uri}`)]);
  }
});

test('another server knows one account, whichever name or address it asks for', async () => {
  const [byName] = [await find(bea, `@ann@${localDomain}`)];
  expect(byName?.acct).toBe(`ann@${localDomain}`);
  for (const text of [`@ann@${webDomain}`, ann.account.uri]) expect([text, (await find(bea, text))?.id]).toEqual([text, byName?.id]);
  const rows = await away.backbone.db.query(`SELECT 1 FROM social.accounts WHERE username = 'ann'`);
  expect(rows).toHaveLength(1);
});

test('follows, posts and mentions go both ways', async () => {
  const target = await find(bea, `@ann@${localDomain}`);
  await bea.api.post(`/api/v1/accounts/${target?.id}/follow`);
  await until('the follow', async () => (await home.backbone.db.query('SELECT 1 FROM social.follows')).length === 1);
  await ann.api.post('/api/v1/statuses', { status: 'hello from both' });
  const seen = await until('the post', async () => (await bea.api.get<{ id: string; account: { acct: string } }[]>('/api/v1/timelines/home'))[0]);
  expect(seen.account.acct).toBe(`ann@${localDomain}`);
  await bea.api.post('/api/v1/statuses', { status: `hello @ann@${localDomain}`, in_reply_to_id: seen.id });
  const told = await until('the mention', async () =>
    (await ann.api.get<{ type: string; status?: { content: string } }[]>('/api/v1/notifications')).find(({ type }) => type === 'mention'),
  );
  expect(told.status?.content).toContain(`href="http://${webDomain}/@ann"`);
});
