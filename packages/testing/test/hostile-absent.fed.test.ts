import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { JsonObject, ScriptedPerson, TestPerson } from '../src/index.js';
import { HostileStage } from './hostile-stage.js';

/*
 * Attacks on what is not here: each test shows that nothing of the kind happens and nothing of the kind is stored, so that whoever builds
 * it meets a red test with the row's id.
 */
jest.setTimeout(90_000);

let stage: HostileStage;
let mod: TestPerson;
let max: ScriptedPerson;
beforeAll(async () => {
  stage = await HostileStage.start();
  mod = await stage.server.person('mod', { role: 'Admin' });
  max = stage.evil.addPerson('max');
  stage.evil.answers.set('/me', { kind: 'status', status: 200, headers: { 'Content-Type': 'text/html' }, body: `<a rel="me" href="${stage.alice.account.url}">alice</a><a rel="me" href="${max.id}">max</a>` });
  stage.evil.answers.set('/page', { kind: 'status', status: 200, headers: { 'Content-Type': 'text/html' }, body: `<meta property="og:image" content="http://127.0.0.1/x"><link rel="alternate" type="application/json+oembed" href="/oembed">${'<div>'.repeat(50_000)}` });
  stage.evil.documents.set(max.id, max.actor({ attachment: [{ type: 'PropertyValue', name: 'site', value: `<a rel="me" href="${stage.evil.baseUrl}/me">me</a>` }] }));
  await stage.follow(stage.alice, max);
});
afterAll(() => stage.stop());
let asked: number;
beforeEach(() => {
  asked = stage.evil.gets.length;
});
/** What was asked of the hostile server since the test began. */
const newlyAsked = (): string[] => stage.evil.gets.slice(asked);

test('S016 no link of a profile is ever shown, stored or looked at as verified', async () => {
  const account = await stage.account(max.id);
  expect(account?.fields).toMatchObject([{ name: 'site', verifiedAt: null }]);
  expect(await stage.alice.api.get(`/api/v1/accounts/${account?.id}`)).toMatchObject({ fields: [{ name: 'site', verified_at: null }] });
  const own = await stage.alice.api.ask('PATCH', '/api/v1/accounts/update_credentials', { fields_attributes: [{ name: 'site', value: `${stage.evil.baseUrl}/me` }] });
  expect(own.body).toMatchObject({ fields: [{ verified_at: null }] });
  await stage.server.settled();
  expect([newlyAsked().filter((path) => path === '/me'), await stage.count('social.accounts', `fields::text ~ '"verifiedAt": *"'`)]).toEqual([[], 0]);
});

describe('what posts link to', () => {
  test('S067 S100 S102 is not asked for, whoever wrote the post: there are no cards', async () => {
    const links = [`${stage.evil.baseUrl}/page`, `http://127.0.0.1:${stage.server.service.port}/api/v1/instance`, 'http://169.254.169.254/latest/meta-data'];
    const text = links.join(' ');
    const mine = await stage.alice.api.post<JsonObject>('/api/v1/statuses', { status: text });
    const note = max.note(links.map((url) => `<a href="${url}">${url}</a>`).join(' '), { attachment: [{ type: 'Link', href: links[0], icon: { type: 'Image', url: links[2] } }], preview: { type: 'Note', content: '<iframe srcdoc="x"></iframe>' } });
    await stage.mustApply(max, max.create(note));
    await stage.server.settled();
    const theirs = await stage.status(note.id);
    expect([mine['card'], (await stage.alice.api.get(`/api/v1/statuses/${theirs?.id}`))['card']]).toEqual([null, null]);
    expect(newlyAsked().filter((path) => path.startsWith('/page') || path.startsWith('/oembed'))).toEqual([]);
    const columns = await stage.server.backbone.db.query<{ name: string }>(`SELECT table_name || '.' || column_name AS name FROM information_schema.columns WHERE table_schema = 'social'`);
    expect(columns.filter(({ name }) => /card|preview_html|oembed/.test(name))).toEqual([]);
  });
});

test('S073 files of others are linked to where they lie, and nothing fetches an address for anybody', async () => {
  const file = `${stage.evil.baseUrl}/file.png`;
  const note = max.note('a picture', { attachment: [{ type: 'Image', mediaType: 'image/png', url: file }] });
  await stage.mustApply(max, max.create(note));
  const stored = await stage.status(note.id);
  expect(stored?.media).toMatchObject([{ url: file, remoteUrl: file }]);
  expect(await stage.alice.api.get(`/api/v1/statuses/${stored?.id}`)).toMatchObject({ media_attachments: [{ url: file, remote_url: file }] });
  const url = encodeURIComponent(`${stage.server.url}/media_proxy?url=${file}`);
  for (const path of [`/media_proxy?url=${url}`, `/media_proxy/1/original`, `/proxy/image.webp?url=${url}`, `/proxy?url=${url}`, `/media/proxy?url=${url}`, `/api/v1/media_proxy?url=${url}`]) {
    expect([path, (await stage.alice.api.ask('GET', path)).status]).toEqual([path, 404]);
  }
  expect(newlyAsked()).toEqual([]);
});

describe('of routes that others have', () => {
  // The body is what the advisory sends: a span of two thousand years.
  test.each(['measures', 'dimensions', 'retention'])('S087 there are no %s for moderators', async (name) => {
    const body = { keys: ['active_users'], start_at: '0001-01-01', end_at: '9999-12-31', frequency: 'day' };
    expect((await mod.api.ask('POST', `/api/v1/admin/${name}`, body)).status).toBe(404);
  });

  test('S103 nothing translates, and what stands is the sanitised text', async () => {
    const note = max.note('<b>hola</b><script>alert(1)</script>', { contentMap: { es: '<p>hola<script>alert(1)</script></p>' } });
    await stage.mustApply(max, max.create(note));
    const stored = await stage.status(note.id);
    expect((await stage.alice.api.ask('POST', `/api/v1/statuses/${stored?.id}/translate`)).status).toBe(404);
    expect((await stage.status(note.id))?.content).not.toContain('script');
    expect(await stage.alice.api.get('/api/v2/instance')).toMatchObject({ configuration: { translation: { enabled: false } } });
  });

  test('S132 there is no box for filtered mentions that could be got around: who is named in private is told, and sees it', async () => {
    const root = await stage.bob.api.post<{ uri: string }>('/api/v1/statuses', { status: 'bob begins' });
    const stranger = stage.victim.addPerson('stranger');
    const note = stranger.note('psst', { inReplyTo: root.uri, to: [stage.alice.account.uri], cc: [], tag: [{ type: 'Mention', href: stage.alice.account.uri }] });
    await stage.mustApply(stranger, stranger.create(note));
    await stage.server.settled();
    expect((await stage.status(note.id))?.visibility).toBe('direct');
    for (const path of ['/api/v1/notifications/requests', '/api/v2/notifications/policy', '/api/v1/notifications/policy']) expect([path, (await stage.alice.api.ask('GET', path)).status]).toEqual([path, 404]);
    const told = async (who: TestPerson) => (await who.api.get<{ status?: { uri: string } }[]>('/api/v1/notifications')).filter(({ status }) => status?.uri === note.id).length;
    expect([await told(stage.alice), await told(stage.bob)]).toEqual([1, 0]);
  });

  test('S133 nothing is exported, and what was kept aside and is closed by now is not shown again', async () => {
    for (const path of ['/settings/exports/bookmarks.csv', '/settings/exports/follows.csv', '/api/v1/exports', '/api/v1/account/export', '/api/i/export-favorites']) {
      for (const method of ['GET', 'POST']) expect([path, (await stage.alice.api.ask(method, path)).status]).toEqual([path, 404]);
    }
    const note = max.note('for followers', { to: [max.followers], cc: [] });
    await stage.mustApply(max, max.create(note));
    const stored = await stage.status(note.id);
    await stage.alice.api.post(`/api/v1/statuses/${stored?.id}/bookmark`);
    const kept = async () => (await stage.alice.api.get<{ uri: string }[]>('/api/v1/bookmarks')).map(({ uri }) => uri);
    expect(await kept()).toContain(note.id);
    const follow = await stage.count('social.follows', 'account_id = $1', [stage.alice.account.id]);
    await stage.mustApply(max, max.activity('Reject', { type: 'Follow', actor: stage.alice.account.uri, object: max.id }));
    expect(await stage.count('social.follows', 'account_id = $1', [stage.alice.account.id])).toBe(follow - 1);
    expect([await kept(), await stage.count('social.bookmarks', 'status_id = $1', [stored?.id])]).toEqual([[], 1]);
  });
});
