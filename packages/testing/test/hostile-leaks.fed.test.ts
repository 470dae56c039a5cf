import { request } from 'node:http';
import { signRequest } from '@trunkline/http-signatures';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { ScriptedPerson } from '../src/index.js';
import { HostileStage } from './hostile-stage.js';
import { stateOf } from './state-of.js';

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
  // From here on every key is known.
  await stage.evil.fetchDocument(urlOf(post('private').uri), undefined, stage.server.domain);
  await stage.victim.fetchDocument(urlOf(post('private').uri), undefined, stage.server.domain);
  await stage.server.settled();
});
afterAll(() => stage.stop());

/** Whoever only looks, however they ask, changes no row: what is stored is for whom it was. */
async function untouched(look: () => Promise<void>): Promise<void> {
  await stage.server.settled();
  const before = await stateOf(stage.server);
  await look();
  expect(await stateOf(stage.server)).toEqual(before);
  for (const [visibility, { uri }] of posts) expect(await stage.status(uri)).toMatchObject({ visibility, deletedAt: null });
}

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
    await untouched(async () => {
      for (const path of ['', '/activity', '/replies', '/replies?page=true', '/context', '/context?page=true']) {
        const { status, body } = await ask(post(visibility).uri + path);
        expect([path, status, body.includes(SECRET)]).toEqual([path, 404, false]);
        const bare = await fetch(urlOf(post(visibility).uri + path), { headers: { accept: 'application/activity+json' } });
        expect(bare.status).toBe(404);
      }
    });
  });

  test('S123 S135 no collection of its author holds it', async () => {
    await untouched(async () => {
      for (const path of ['/outbox', '/outbox?page=true', '/collections/featured', '/followers?page=true']) {
        const { body } = await ask(stage.alice.account.uri + path);
        expect(body).not.toContain(post(visibility).uri);
        expect(body).not.toContain(SECRET);
      }
    });
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
  // The answer hangs on what it answers, which stays for whom it was; nobody else was drawn in.
  expect(stored).toMatchObject({ inReplyToId: post('private').id, mentions: [] });
  expect(await stage.status(post('private').uri)).toMatchObject({ visibility: 'private' });
  expect(await stage.count('timeline.notifications', 'status_id = $1 AND account_id <> $2', [stored?.id, stage.alice.account.id])).toBe(0);
  expect((await ask(`${post('private').uri}/replies?page=true`)).status).toBe(404);
});

test('S138 no page shows it to strangers, nor tells that it is there', async () => {
  await untouched(async () => {
    for (const visibility of ['private', 'direct']) {
      const page = await fetch(`${stage.server.url}/@alice/${post(visibility).id}`, { headers: { accept: 'text/html' }, redirect: 'manual' });
      expect(page.status).toBe(404);
      expect(await page.text()).not.toContain(SECRET);
    }
  });
});

test('S124 S130 S138 no list for strangers holds it, whatever it is called', async () => {
  const { id } = stage.alice.account;
  const tag = `/api/v1/timelines/tag/secret`;
  const lists = ['/@alice', '/@alice.rss', '/api/v1/timelines/public', '/api/v1/timelines/public?local=true', tag, `/api/v1/accounts/${id}/statuses`, `/api/v1/accounts/${id}/statuses?pinned=true`, `/api/v1/accounts/${id}/statuses?only_media=true`];
  await untouched(async () => {
    for (const path of lists) {
      const strangers = await fetch(stage.server.url + path, { redirect: 'manual' });
      expect([path, strangers.status < 500, (await strangers.text()).includes(SECRET)]).toEqual([path, true, false]);
      if (path.startsWith('/api/')) expect(JSON.stringify((await stage.bob.api.ask('GET', path)).body)).not.toContain(SECRET);
    }
    for (const { uri } of [post('private'), post('direct')]) expect(await stage.bob.api.get(`/api/v2/search?resolve=true&q=${encodeURIComponent(uri)}`)).toMatchObject({ statuses: [] });
  });
});

test('S141 S142 what a signed reader got is for no shared cache; what all may read varies by signature', async () => {
  await untouched(async () => {
    const bare = await fetch(urlOf(post('public').uri), { headers: { accept: 'application/activity+json' } });
    expect(bare.headers.get('vary')).toMatch(/Signature/);
    expect((await ask(post('public').uri)).cache).toMatch(/private|no-store/);
  });
});

test('S141 readers of every kind at once get each their own answer, and leave nothing behind', async () => {
  const secret = urlOf(post('private').uri);
  const bare = async (): Promise<number> => (await fetch(secret, { headers: { accept: 'application/activity+json' } })).status;
  const signed = async (remote: typeof stage.evil): Promise<number> => (await remote.fetchDocument(secret, undefined, stage.server.domain)).status;
  await untouched(async () => {
    const answers = await Promise.all(Array.from({ length: 60 }, (_, at) => [bare, () => signed(stage.evil), () => signed(stage.victim)][at % 3]?.()));
    expect(answers).toEqual(answers.map((_, at) => (at % 3 === 2 ? 200 : 404)));
  });
});

test('S145 no address is made from what the request says of its host', async () => {
  const headers = { accept: 'application/activity+json', 'x-forwarded-host': 'evil.example', forwarded: 'host=evil.example' };
  await untouched(async () => {
    for (const path of [new URL(stage.alice.account.uri).pathname, `/.well-known/webfinger?resource=acct:${stage.alice.handle}`, '/.well-known/host-meta', '/.well-known/nodeinfo']) {
      const answer = await fetch(stage.server.url + path, { headers });
      expect(answer.status).toBe(200);
      expect(await answer.text()).not.toContain('evil.example');
    }
  });
  // Nor is one stored that way: what somebody writes under such headers lies where it always does.
  const made = await stage.alice.api.ask<Posted>('POST', '/api/v1/statuses', { status: 'where am I' }, { 'x-forwarded-host': 'evil.example', forwarded: 'host=evil.example' });
  expect(made.status).toBe(200);
  expect(await stage.count('social.statuses', `uri LIKE '%evil.example%' OR url LIKE '%evil.example%'`)).toBe(0);
  expect((await stage.status(made.body.uri))?.uri.startsWith(`http://${stage.server.domain}/`)).toBe(true);
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
  await untouched(async () => {
    expect(await lifted('GET', secret, await sign('GET', post('private').uri))).toBe(200);
    expect(await lifted('GET', secret, await sign('GET', stage.alice.account.uri))).toBe(404);
  });

  const follow = fan.activity('Follow', stage.bob.account.uri);
  const body = JSON.stringify(follow);
  const forAlice = await sign('POST', `http://${stage.server.domain}/inbox/${stage.alice.account.id}`, body);
  await untouched(async () => {
    expect(await lifted('POST', '/inbox', forAlice, body)).toBe(401);
    expect(await lifted('POST', `/inbox/${stage.bob.account.id}`, forAlice, body)).toBe(401);
  });
  expect(await stage.isStored(follow.id)).toBe(false);
});

test('S142 what a follower’s server reads is for no cache', async () => {
  await untouched(async () => {
    const mine = await stage.victim.fetchDocument(urlOf(post('private').uri), undefined, stage.server.domain);
    expect([mine.status, mine.body.includes(SECRET)]).toEqual([200, true]);
    expect(String(mine.headers['cache-control'])).toMatch(/private|no-store/);
  });
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
