import { request } from 'node:http';
import { signRequest } from '@trunkline/http-signatures';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { ScriptedPerson } from '../src/index.js';
import { HostileStage } from './hostile-stage.js';

jest.setTimeout(90_000);

interface Posted {
  id: string;
  uri: string;
}

const PUBLIC = 'https://www.w3.org/ns/activitystreams#Public';
const SECRET = 'the secret words';
let stage: HostileStage;
/** Follows alice from the evil host; eve does not. */
let fan: ScriptedPerson;
const posts = new Map<string, Posted>();
beforeAll(async () => {
  stage = await HostileStage.start();
  fan = stage.victim.addPerson('fan');
  await stage.mustApply(fan, fan.activity('Follow', stage.alice.account.uri));
  await stage.meet(stage.eve);
  for (const visibility of ['private', 'direct', 'public']) {
    posts.set(visibility, await stage.alice.api.post<Posted>('/api/v1/statuses', { status: visibility === 'public' ? 'for all' : SECRET, visibility }));
  }
  await stage.server.settled();
});
afterAll(() => stage.stop());

const post = (visibility: string): Posted => {
  const found = posts.get(visibility);
  if (found === undefined) throw new Error(visibility);
  return found;
};
const urlOf = (uri: string): string => uri.replace(`http://${stage.server.domain}`, stage.server.url);
const ask = async (uri: string): Promise<{ status: number; body: string; cache: string }> => {
  const answer = await stage.evil.fetchDocument(urlOf(uri), undefined, stage.server.domain);
  return { status: answer.status, body: answer.body, cache: String(answer.headers['cache-control']) };
};

describe.each(['private', 'direct'])('a %s post', (visibility) => {
  test('S127 S142 its documents are for nobody whom it is not for, signed or not', async () => {
    for (const path of ['', '/activity', '/replies', '/replies?page=true']) {
      const { status, body } = await ask(post(visibility).uri + path);
      expect([path, status, body.includes(SECRET)]).toEqual([path, 404, false]);
      const bare = await fetch(urlOf(post(visibility).uri + path), { headers: { accept: 'application/activity+json' } });
      expect(bare.status).toBe(404);
    }
  });

  test('S123 S135 no collection of its author holds it', async () => {
    for (const path of ['/outbox', '/outbox?page=true', '/collections/featured', '/followers?page=true']) {
      const { body } = await ask(stage.alice.account.uri + path);
      expect(body).not.toContain(post(visibility).uri);
      expect(body).not.toContain(SECRET);
    }
  });

  test('S126 S127 can be neither liked, boosted nor counted by who may not see it', async () => {
    const { uri } = post(visibility);
    expect(await stage.apply(stage.eve, stage.eve.activity('Like', uri))).toBe('ignored: not_visible');
    expect(await stage.apply(stage.eve, stage.eve.activity('Announce', uri, { to: [PUBLIC] }))).toBe('ignored: not_visible');
    expect(await stage.status(uri)).toMatchObject({ favouritesCount: 0, boostsCount: 0 });
  });
});

test('S127 a follower who may see a followers-only post cannot boost it', async () => {
  const { uri } = post('private');
  expect(await stage.apply(fan, fan.activity('Announce', uri, { to: [PUBLIC] }))).toBe('ignored: not_public');
  expect((await stage.status(uri))?.boostsCount).toBe(0);
});

test('S135 it goes to followers alone, and names neither the public nor anybody else', async () => {
  const sent = await stage.victim.untilPost('the followers-only post', (one) => one.body.includes(post('private').uri));
  expect(sent.activity).toMatchObject({ to: [`${stage.alice.account.uri}/followers`], cc: [] });
  expect(sent.body).not.toContain(PUBLIC);
  expect(stage.evil.posts.filter((one) => one.body.includes(SECRET))).toEqual([]);
});

test('S136 an answer in public shows nothing of the followers-only post above it', async () => {
  const answer = fan.note('I answer aloud', { inReplyTo: post('private').uri });
  expect(await stage.apply(fan, fan.create(answer))).toBe('applied');
  const stored = await stage.status(answer.id);
  const context = await fetch(`${stage.server.url}/api/v1/statuses/${stored?.id}/context`);
  expect(await context.text()).not.toContain(SECRET);
  const bobs = await stage.bob.api.get<{ ancestors: unknown[] }>(`/api/v1/statuses/${stored?.id}/context`);
  expect(bobs.ancestors).toEqual([]);
  expect((await ask(`${post('private').uri}/replies?page=true`)).status).toBe(404);
});

test('S138 no page shows it to strangers, nor tells that it is there', async () => {
  for (const visibility of ['private', 'direct']) {
    const page = await fetch(`${stage.server.url}/@alice/${post(visibility).id}`, { headers: { accept: 'text/html' }, redirect: 'manual' });
    expect(page.status).toBe(404);
    expect(await page.text()).not.toContain(SECRET);
  }
});

test('S141 S142 what a signed reader got is for no shared cache; what all may read varies by signature', async () => {
  const bare = await fetch(urlOf(post('public').uri), { headers: { accept: 'application/activity+json' } });
  expect(bare.headers.get('vary')).toMatch(/Signature/);
  expect((await ask(post('public').uri)).cache).toMatch(/private|no-store/);
});

test('S145 no address is made from what the request says of its host', async () => {
  const headers = { accept: 'application/activity+json', 'x-forwarded-host': 'evil.example', forwarded: 'host=evil.example' };
  for (const path of [new URL(stage.alice.account.uri).pathname, `/.well-known/webfinger?resource=acct:${stage.alice.handle}`, '/.well-known/host-meta', '/.well-known/nodeinfo']) {
    const answer = await fetch(stage.server.url + path, { headers });
    expect(answer.status).toBe(200);
    expect(await answer.text()).not.toContain('evil.example');
  }
});

/** Sends headers that were signed for something else. */
const lifted = (method: 'GET' | 'POST', path: string, headers: Record<string, string>, body?: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const sent = request(stage.server.url + path, { method, headers, agent: false }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    sent.on('error', reject);
    sent.end(body);
  });

test('S034 a signature for one document or inbox opens no other', async () => {
  const [secret, open] = [post('private').uri, stage.alice.account.uri].map((uri) => new URL(uri).pathname);
  if (secret === undefined || open === undefined) throw new Error('no paths');
  const sign = (method: 'GET' | 'POST', url: string, body?: string) => {
    const headers = { Accept: 'application/activity+json', 'Content-Type': 'application/activity+json' };
    return signRequest({ method, url, headers, keyId: fan.keyId, privateKey: fan.privateKey, date: new Date(), ...(body === undefined ? {} : { body: Buffer.from(body) }) });
  };
  expect(await lifted('GET', secret, await sign('GET', post('private').uri))).toBe(200);
  expect(await lifted('GET', secret, await sign('GET', stage.alice.account.uri))).toBe(404);

  const follow = fan.activity('Follow', stage.bob.account.uri);
  const body = JSON.stringify(follow);
  const forAlice = await sign('POST', `http://${stage.server.domain}/inbox/${stage.alice.account.id}`, body);
  expect(await lifted('POST', '/inbox', forAlice, body)).toBe(401);
  expect(await lifted('POST', `/inbox/${stage.bob.account.id}`, forAlice, body)).toBe(401);
  expect(await stage.isStored(follow.id)).toBe(false);
});

test('S142 what a follower’s server reads is for no cache', async () => {
  const mine = await stage.victim.fetchDocument(urlOf(post('private').uri), undefined, stage.server.domain);
  expect([mine.status, mine.body.includes(SECRET)]).toEqual([200, true]);
  expect(String(mine.headers['cache-control'])).toMatch(/private|no-store/);
});

describe('whom alice blocks', () => {
  beforeAll(async () => {
    const eve = await stage.account(stage.eve.id);
    await stage.alice.api.post(`/api/v1/accounts/${eve?.id}/block`);
    await stage.server.settled();
  });

  test('S123 S129 neither notifies nor counts', async () => {
    const { uri } = post('public');
    const before = await stage.alice.api.get<unknown[]>('/api/v1/notifications');
    const mention = [{ type: 'Mention', href: stage.alice.account.uri, name: `@${stage.alice.handle}` }];
    const reply = stage.eve.note('hey', { inReplyTo: uri, tag: mention, to: [PUBLIC, stage.alice.account.uri] });
    const direct = stage.eve.note('psst', { tag: mention, to: [stage.alice.account.uri], cc: [] });
    expect(await stage.apply(stage.eve, stage.eve.activity('Follow', stage.alice.account.uri))).toBe('ignored: blocked');
    expect(await stage.apply(stage.eve, stage.eve.activity('Like', uri))).toBe('ignored: not_visible');
    expect(await stage.apply(stage.eve, stage.eve.activity('Announce', uri, { to: [PUBLIC] }))).toBe('ignored: not_visible');
    await stage.apply(stage.eve, stage.eve.create(reply));
    await stage.apply(stage.eve, stage.eve.create(direct));
    await stage.server.settled();
    expect(await stage.alice.api.get<unknown[]>('/api/v1/notifications')).toEqual(before);
    expect(await stage.status(uri)).toMatchObject({ favouritesCount: 0, boostsCount: 0, repliesCount: 0 });
    const context = await stage.alice.api.get<{ descendants: { uri: string }[] }>(`/api/v1/statuses/${post('public').id}/context`);
    expect(context.descendants.map((status) => status.uri)).not.toContain(reply.id);
    expect((await ask(`${uri}/replies?page=true`)).body).not.toContain(reply.id);
  });

  test('S129 reads nothing by name that is not for all', async () => {
    expect((await ask(post('private').uri)).status).toBe(404);
  });
});

test('S129 who blocks alice gets the same: no way in, in either direction', async () => {
  const grim = stage.evil.addPerson('grim');
  await stage.meet(grim);
  const block = grim.activity('Block', stage.alice.account.uri);
  expect(await stage.apply(grim, block)).toBe('applied');
  const before = await stage.alice.api.get<unknown[]>('/api/v1/notifications');
  for (const activity of [grim.activity('Follow', stage.alice.account.uri), grim.activity('Like', post('public').uri), grim.activity('Announce', post('public').uri, { to: [PUBLIC] })]) {
    expect(await stage.apply(grim, activity)).toMatch(/^ignored/);
  }
  await stage.server.settled();
  expect(await stage.alice.api.get<unknown[]>('/api/v1/notifications')).toEqual(before);
});
