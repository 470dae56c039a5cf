import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { TestPerson, TestServer } from '@trunkline/testing';
import { allConforming, conforming, nobody, startApi, type Json } from './api-server.js';

let server: TestServer;
let alice: TestPerson;
let bob: TestPerson;

beforeAll(async () => {
  server = await startApi();
  [alice, bob] = [await server.person('alice'), await server.person('bob')];
}, 60_000);
afterAll(() => server?.stop());

const post = (body: Json, headers: Record<string, string> = {}): Promise<Json> => alice.api.post('/api/v1/statuses', body, headers);

describe('writing', () => {
  test('a status is what Mastodon says it is, with the defaults of its author', async () => {
    const status = conforming('Status', await post({ status: `Hello @bob and #Trains https://a.example/x` }));
    expect(status).toMatchObject({
      visibility: 'public',
      sensitive: false,
      spoiler_text: '',
      language: 'en',
      application: { name: 'Test', website: null },
      in_reply_to_id: null,
      text: null,
      favourited: false,
      reblogged: false,
      bookmarked: false,
      mentions: [{ id: bob.account.id, username: 'bob', acct: 'bob' }],
      tags: [{ name: 'trains' }],
    });
    expect(status['uri']).toBe(`http://${server.domain}/ap/users/${alice.account.id}/statuses/${String(status['id'])}`);
    expect(status['content']).toContain('href="https://a.example/x"');
  });

  test('a warning marks it; form bodies and the four visibilities are understood', async () => {
    expect(await post({ status: 'x', spoiler_text: 'careful', visibility: 'unlisted', language: 'de' })).toMatchObject({
      sensitive: true,
      spoiler_text: 'careful',
      visibility: 'unlisted',
      language: 'de',
    });
    const form = await fetch(new URL('/api/v1/statuses', server.url), {
      method: 'POST',
      headers: { authorization: `Bearer ${alice.token}` },
      body: new URLSearchParams({ status: 'by form', visibility: 'direct', sensitive: 'true' }),
    });
    expect(form.status).toBe(200);
    expect(await form.json()).toMatchObject({ visibility: 'direct', sensitive: true });
  });

  test('the same Idempotency-Key answers the same status, however long the key and however many at once', async () => {
    const key = { 'idempotency-key': `k${'0'.repeat(3_000)}` };
    const answers = await Promise.all([1, 2, 3].map(() => post({ status: 'once' }, key)));
    expect(new Set(answers.map((status) => status['id'])).size).toBe(1);
    expect((await post({ status: 'once' }, key))['id']).toBe(answers[0]?.['id']);
    expect((await bob.api.post('/api/v1/statuses', { status: 'once' }, key))['id']).not.toBe(answers[0]?.['id']);
  });

  const long = 'é'.repeat(500);
  test.each<[string, Json, number, string]>([
    ['nothing', {}, 422, "Validation failed: Text can't be blank"],
    ['white space', { status: ' \n ' }, 422, "Validation failed: Text can't be blank"],
    ['one character too many', { status: `${long}x` }, 422, 'Validation failed: Text character limit of 500 exceeded'],
    ['a visibility that is none', { status: 'x', visibility: 'secret' }, 422, 'Validation failed: Visibility is not included in the list'],
    ['a poll of one option', { status: 'x', poll: { options: ['a'], expires_in: 300 } }, 422, 'Validation failed: Poll options must have more than one item'],
    ['a time to come', { status: 'x', scheduled_at: '2099-01-01T00:00:00Z' }, 422, 'Validation failed: Scheduled at is not supported by this server'],
    ['media', { status: 'x', media_ids: ['1'] }, 422, 'Validation failed: Media ids is not supported by this server'],
    ['a parent that is not there', { status: 'x', in_reply_to_id: '1' }, 404, 'The post you are trying to reply to does not appear to exist.'],
  ])('%s is refused', async (_what, body, status, error) => {
    expect(await alice.api.ask('POST', '/api/v1/statuses', body)).toMatchObject({ status, body: { error } });
  });

  test('500 characters fit, an address counts as 23', async () => {
    expect(await post({ status: long })).toHaveProperty('id');
    expect(await post({ status: `${'x'.repeat(476)} https://a.example/${'y'.repeat(300)}` })).toHaveProperty('id');
  });

  test('who answers a boost answers what it shows', async () => {
    const original = await post({ status: 'original' });
    const boost = conforming('Status', await bob.api.post(`/api/v1/statuses/${String(original['id'])}/reblog`));
    expect(boost['reblog']).toMatchObject({ id: original['id'] });
    expect(await post({ status: 'answer', in_reply_to_id: boost['id'] })).toMatchObject({ in_reply_to_id: original['id'], in_reply_to_account_id: alice.account.id });
  });

  test('without a token, or with one that may only read, nothing is written', async () => {
    expect(await nobody(server).ask('POST', '/api/v1/statuses', { status: 'x' })).toMatchObject({ status: 401, body: { error: 'The access token is invalid' } });
    const reader = await server.person('reader', { scopes: ['read'] });
    expect(await reader.api.ask('POST', '/api/v1/statuses', { status: 'x' })).toMatchObject({ status: 403, body: { error: 'This action is outside the authorized scopes' } });
  });
});

describe('rewriting and deleting', () => {
  test('every form stays in the history; the same again is no edit', async () => {
    const { id } = await post({ status: 'first', spoiler_text: 'cw' });
    const path = `/api/v1/statuses/${String(id)}`;
    expect(allConforming('StatusEdit', await alice.api.get(`${path}/history`))).toMatchObject([{ content: '<p>first</p>', spoiler_text: 'cw' }]);
    const edited = await alice.api.ask<Json>('PUT', path, { status: 'second #new' });
    expect(edited.status).toBe(200);
    expect(conforming('Status', edited.body)).toMatchObject({ spoiler_text: '', sensitive: false, tags: [{ name: 'new' }] });
    const again = await alice.api.ask<Json>('PUT', path, { status: 'second #new' });
    expect(again.body['edited_at']).toBe(edited.body['edited_at']);
    const history = allConforming('StatusEdit', await nobody(server).get(`${path}/history`));
    expect(history.map(({ spoiler_text, sensitive }) => [spoiler_text, sensitive])).toEqual([['cw', true], ['', false]]);
    expect(history.at(-1)?.['created_at']).toBe(edited.body['edited_at']);
    expect(conforming('StatusSource', await alice.api.get(`${path}/source`))).toEqual({ id, text: 'second #new', spoiler_text: '' });
  });

  test("nobody edits or deletes somebody else's", async () => {
    const { id } = await post({ status: 'mine' });
    for (const [method, body] of [['PUT', { status: 'yours' }], ['DELETE', undefined]] as const) {
      expect(await bob.api.ask(method, `/api/v1/statuses/${String(id)}`, body)).toMatchObject({ status: 404, body: { error: 'Record not found' } });
    }
    expect(await bob.api.get(`/api/v1/statuses/${String(id)}`)).toMatchObject({ content: '<p>mine</p>' });
  });

  test('deletion answers with the text as typed, and the status is gone', async () => {
    const { id } = await post({ status: 'draft @bob', spoiler_text: 'cw' });
    const path = `/api/v1/statuses/${String(id)}`;
    expect(conforming('Status', await alice.api.delete(path))).toMatchObject({ text: 'draft @bob', spoiler_text: 'cw' });
    for (const method of ['GET', 'DELETE']) expect((await alice.api.ask(method, path)).status).toBe(404);
  });

  test('ids that are none find nothing', async () => {
    for (const id of ['abc', '9'.repeat(40), '-1', '1e3', '%00']) {
      expect((await alice.api.ask('GET', `/api/v1/statuses/${id}`)).status).toBe(404);
    }
  });
});
