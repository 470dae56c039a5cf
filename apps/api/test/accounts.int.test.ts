import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { TestPerson, TestServer } from '@trunkline/testing';
import { allConforming, conforming, idsOf, linkOf, nobody, startApi, type Json } from './api-server.js';

let server: TestServer;
let alice: TestPerson;
let bob: TestPerson;

beforeAll(async () => {
  server = await startApi();
  [alice, bob] = [await server.person('alice'), await server.person('bob')];
}, 60_000);
afterAll(() => server?.stop());

const patch = (person: TestPerson, body: Json) => person.api.ask<Json>('PATCH', '/api/v1/accounts/update_credentials', body);
const eventsOf = (subject: string): Promise<{ payload: Json }[]> =>
  server.backbone.db.query('SELECT payload FROM events.outbox WHERE subject = $1 ORDER BY id LIMIT 100', [subject]);

describe('one’s own profile', () => {
  test('change by JSON, read it back as others see it, one event', async () => {
    const answer = await patch(alice, {
      display_name: 'Alice <b>',
      note: 'I am @bob\nand https://a.example',
      bot: true,
      discoverable: true,
      indexable: true,
      hide_collections: true,
      fields_attributes: [{ name: 'Site', value: 'https://a.example' }],
      source: { privacy: 'unlisted', sensitive: true, language: 'de' },
    });
    expect(answer.status).toBe(200);
    const own = conforming('CredentialAccount', answer.body);
    expect(own).toMatchObject({
      display_name: 'Alice <b>',
      bot: true,
      indexable: true,
      source: { note: 'I am @bob\nand https://a.example', privacy: 'unlisted', sensitive: true, language: 'de', hide_collections: true, fields: [{ name: 'Site', value: 'https://a.example' }] },
      role: { name: '' },
    });
    const seen = conforming('Account', await nobody(server).get(`/api/v1/accounts/${alice.account.id}`));
    expect(String(seen['note'])).toContain(`href="http://${server.domain}/@bob"`);
    expect(String((seen['fields'] as Json[])[0]?.['value'])).toContain('rel="nofollow noopener me"');
    expect(seen).not.toHaveProperty('source');
    expect(await eventsOf('account.updated.v1')).toMatchObject([{ payload: { accountId: alice.account.id, local: true } }]);
    await patch(alice, { display_name: 'Alice <b>', source: { privacy: 'public' } });
    expect(await eventsOf('account.updated.v1')).toHaveLength(1);
    expect(await alice.api.get('/api/v1/accounts/verify_credentials')).toMatchObject({ source: { privacy: 'public' } });
  });

  test('change by form and by multipart, as apps send it', async () => {
    const ask = async (body: FormData | URLSearchParams): Promise<Json> => {
      const response = await fetch(`${server.url}/api/v1/accounts/update_credentials`, { method: 'PATCH', headers: { authorization: `Bearer ${bob.token}` }, body });
      return { status: response.status, ...((await response.json()) as Json) };
    };
    const form = new URLSearchParams([['display_name', 'Bob F'], ['fields_attributes[0][name]', 'a'], ['fields_attributes[0][value]', 'b'], ['source[language]', 'fr']]);
    expect(await ask(form)).toMatchObject({ status: 200, display_name: 'Bob F', source: { language: 'fr', fields: [{ name: 'a', value: 'b' }] } });
    const multipart = new FormData();
    multipart.append('display_name', 'Bob M');
    multipart.append('locked', 'true');
    expect(await ask(multipart)).toMatchObject({ status: 200, display_name: 'Bob M', locked: true });
    multipart.append('avatar', new Blob([new Uint8Array([137, 80])], { type: 'image/png' }), 'a.png');
    expect(await ask(multipart)).toMatchObject({ status: 422, error: 'Validation failed: Avatar pictures are not available yet on this server' });
  });

  test('limits', async () => {
    for (const body of [{ display_name: 'x'.repeat(31) }, { note: 'x'.repeat(501) }, { fields_attributes: Array.from({ length: 5 }, () => ({ name: 'a', value: 'b' })) }, { source: { privacy: 'x' } }, { avatar: 'data:image/png;base64,AA' }]) {
      expect((await patch(bob, body)).status).toBe(422);
    }
  });

  test('needs a person and the scope', async () => {
    const reader = await server.person('reader', { scopes: ['read'] });
    expect((await patch(reader, { note: 'x' })).status).toBe(403);
    expect((await nobody(server).ask('PATCH', '/api/v1/accounts/update_credentials', {})).status).toBe(401);
  });
});

describe('other people', () => {
  test('by id, by ids, by handle; unknown is 404', async () => {
    const open = nobody(server);
    expect(conforming('Account', await open.get(`/api/v1/accounts/${bob.account.id}`))).toMatchObject({ acct: 'bob', username: 'bob' });
    expect(idsOf(allConforming('Account', await open.get(`/api/v1/accounts?id[]=${bob.account.id}&id[]=1&id[]=${alice.account.id}`)))).toEqual([bob.account.id, alice.account.id]);
    for (const acct of ['bob', '@bob', 'BOB', `bob@${server.domain}`]) {
      expect(conforming('Account', await open.get(`/api/v1/accounts/lookup?acct=${encodeURIComponent(acct)}`))).toMatchObject({ id: bob.account.id });
    }
    for (const path of ['/api/v1/accounts/1', '/api/v1/accounts/nonsense', '/api/v1/accounts/lookup?acct=nobody', '/api/v1/accounts/lookup?acct=bob@away.example', '/api/v1/accounts/lookup?acct=../x']) {
      expect(await open.ask('GET', path)).toMatchObject({ status: 404, body: { error: 'Record not found' } });
    }
  });

  test('a suspended account is a stub, its statuses are gone; a deleted one is 404', async () => {
    const [carl, dora] = [await server.person('carl'), await server.person('dora')];
    await carl.api.post('/api/v1/statuses', { status: 'here' });
    await patch(carl, { display_name: 'Carl', note: 'bio' });
    await server.backbone.store.transaction((tx) => tx.updateAccount(carl.account.id, { suspendedAt: new Date() }));
    expect(conforming('Account', await bob.api.get(`/api/v1/accounts/${carl.account.id}`))).toMatchObject({ acct: 'carl', display_name: '', note: '', suspended: true });
    expect(await bob.api.get(`/api/v1/accounts/${carl.account.id}/statuses`)).toEqual([]);
    expect(await bob.api.get(`/api/v1/accounts/search?q=carl`)).toEqual([]);
    await server.backbone.store.transaction((tx) => tx.deleteAccount(dora.account.id));
    expect((await bob.api.ask('GET', `/api/v1/accounts/${dora.account.id}`)).status).toBe(404);
  });

  test('statuses: filters, visibility and pages', async () => {
    const erna = await server.person('erna');
    const write = async (status: string, more: Json = {}): Promise<string> => String((await erna.api.post('/api/v1/statuses', { status, ...more }))['id']);
    const plain = await write('plain #Cats');
    const hidden = await write('followers', { visibility: 'private' });
    const reply = await write('@bob hello', { in_reply_to_id: (await bob.api.post('/api/v1/statuses', { status: 'bob speaks' }))['id'] });
    const boost = String((await erna.api.post(`/api/v1/statuses/${plain}/reblog`))['id']);
    const list = (person: TestPerson | null, query = '') => (person?.api ?? nobody(server)).ask<Json[]>('GET', `/api/v1/accounts/${erna.account.id}/statuses${query}`);
    expect(idsOf(allConforming('Status', (await list(null)).body))).toEqual([boost, reply, plain]);
    expect(idsOf((await list(erna)).body)).toEqual([boost, reply, hidden, plain]);
    expect(idsOf((await list(null, '?exclude_reblogs=true&exclude_replies=true')).body)).toEqual([plain]);
    expect(idsOf((await list(null, '?tagged=cats')).body)).toEqual([plain]);
    expect((await list(null, '?pinned=true')).body).toEqual([]);
    expect((await list(null, '?only_media=true')).body).toEqual([]);
    const first = await list(null, '?limit=2');
    expect(idsOf(first.body)).toEqual([boost, reply]);
    expect(idsOf((await nobody(server).ask('GET', linkOf(first.headers, 'next') ?? '')).body)).toEqual([plain]);
  });

  test('empty lists have their own account', async () => {
    expect(await nobody(server).get(`/api/v1/accounts/${bob.account.id}/featured_tags`)).toEqual([]);
    expect(await alice.api.get(`/api/v1/accounts/${bob.account.id}/lists`)).toEqual([]);
    expect((await nobody(server).ask('GET', '/api/v1/accounts/1/featured_tags')).status).toBe(404);
  });
});
