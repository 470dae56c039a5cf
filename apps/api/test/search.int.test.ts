import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { TestPerson, TestServer } from '@trunkline/testing';
import { conforming, idsOf, nobody, startApi, type Json } from './api-server.js';

let server: TestServer;
let alice: TestPerson;
let bob: TestPerson;

beforeAll(async () => {
  server = await startApi();
  [alice, bob] = [await server.person('alice'), await server.person('bobby')];
}, 60_000);
afterAll(() => server?.stop());

interface Found extends Json {
  accounts: Json[];
  statuses: Json[];
  hashtags: Json[];
}
const search = async (person: TestPerson | null, q: string, more = ''): Promise<Found> =>
  conforming<Found>('Search', await (person?.api ?? nobody(server)).get<Json>(`/api/v2/search?q=${encodeURIComponent(q)}${more}`));
const write = (status: string, visibility = 'public'): Promise<Json> => alice.api.post('/api/v1/statuses', { status, visibility });

describe('search', () => {
  test('people by the beginning of their name, by handle, with @ and without', async () => {
    for (const q of ['bob', '@bobby', 'BOBBY', `bobby@${server.domain}`, `@bobby@${server.domain}`]) {
      expect(idsOf((await search(null, q)).accounts)).toEqual([bob.account.id]);
    }
    expect((await search(alice, 'bob', '&following=true')).accounts).toEqual([]);
    await alice.api.post(`/api/v1/accounts/${bob.account.id}/follow`);
    expect(idsOf((await search(alice, 'bob', '&following=true')).accounts)).toEqual([bob.account.id]);
    expect(idsOf(await alice.api.get('/api/v1/accounts/search?q=bob'))).toEqual([bob.account.id]);
  });

  test('tags that public statuses carry, by their beginning; private ones are nobody’s business', async () => {
    await write('#Gardening and #Gardens');
    await write('#gardenSecret', 'private');
    expect((await search(null, '#garden')).hashtags.map((tag) => tag['name'])).toEqual(['gardens', 'gardening']);
    expect((await search(null, 'garden', '&type=hashtags&limit=1')).hashtags).toHaveLength(1);
    expect((await search(null, 'garden', '&type=accounts')).hashtags).toEqual([]);
    expect((await search(null, 'zzz')).hashtags).toEqual([]);
  });

  test('an address of ours, as a page or as an id: the status or the person', async () => {
    const open = await write('findable');
    for (const address of [String(open['url']), String(open['uri'])]) {
      expect(idsOf((await search(null, address)).statuses)).toEqual([open['id']]);
    }
    for (const address of [`http://${server.domain}/@bobby`, bob.account.uri]) {
      expect(idsOf((await search(null, address)).accounts)).toEqual([bob.account.id]);
    }
    expect(idsOf((await search(null, String(open['uri']), '&type=accounts')).statuses)).toEqual([]);
  });

  test('no way to what one may not see', async () => {
    const hidden = await write('for me', 'direct');
    for (const person of [null, bob]) {
      expect((await search(person, String(hidden['uri']))).statuses).toEqual([]);
      expect((await search(person, String(hidden['url']))).statuses).toEqual([]);
    }
    expect(idsOf((await search(alice, String(hidden['uri']))).statuses)).toEqual([hidden['id']]);
    const foe = await server.person('bobfoe');
    await foe.api.post(`/api/v1/accounts/${alice.account.id}/block`);
    expect(idsOf((await search(alice, 'bobfoe')).accounts)).toEqual([]);
  });

  test('asking other servers is for people; addresses that lead inside are not asked', async () => {
    const ask = (query: string) => nobody(server).ask('GET', `/api/v2/search?${query}`);
    expect(await ask('q=x@away.example&resolve=true')).toMatchObject({ status: 401 });
    expect(await ask('q=x&offset=5')).toMatchObject({ status: 401 });
    for (const address of ['http://127.0.0.1:1/x', 'https://127.0.0.1/x', 'http://169.254.169.254/latest', 'https://[::1]/x']) {
      expect(await search(alice, address, '&resolve=true')).toMatchObject({ accounts: [], statuses: [] });
    }
  });

  test('limits: nothing to look for, too much to look for', async () => {
    expect((await nobody(server).ask('GET', '/api/v2/search')).status).toBe(422);
    expect((await nobody(server).ask('GET', `/api/v2/search?q=${'x'.repeat(3_000)}`)).status).toBe(422);
    expect(await search(null, 'x'.repeat(1_000))).toMatchObject({ accounts: [], hashtags: [] });
    expect(await search(null, "%_\\' OR 1=1")).toMatchObject({ accounts: [], statuses: [] });
  });
});
