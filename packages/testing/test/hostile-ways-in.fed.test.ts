import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { until } from '../src/index.js';
import { HostileStage } from './hostile-stage.js';
import { stateOf } from './state-of.js';

jest.setTimeout(90_000);

const PUBLIC = 'https://www.w3.org/ns/activitystreams#Public';
let stage: HostileStage;
/** Stands for what is only reachable from inside; nobody may knock at it. */
const inside = createServer((request, response) => {
  knocks.push(request.url ?? '');
  response.end('{}');
});
const knocks: string[] = [];
let insidePort: number;
beforeAll(async () => {
  await new Promise<void>((resolve) => inside.listen(0, '127.0.0.1', resolve));
  insidePort = (inside.address() as AddressInfo).port;
  stage = await HostileStage.start();
  await stage.follow(stage.alice, stage.eve);
});
afterAll(async () => {
  await stage.stop();
  await new Promise((resolve) => inside.close(resolve));
});

/** Names of the same inside. */
const insides = (): string[] => [
  ...['127.0.0.1', 'localhost', '127.1', '2130706433', '0x7f000001', '017700000001', '0.0.0.0', '[::1]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[64:ff9b::7f00:1]', 'localhost.'].flatMap((host) => [
    `http://${host}:${insidePort}/x`,
    `https://${host}:${insidePort}/x`,
  ]),
  `http://user@localhost:${insidePort}/x`,
  `gopher://127.0.0.1:${insidePort}/x`,
  'file:///etc/passwd',
];

/** How many rows are named by an address inside: accounts, posts, keys. */
async function storedInside(): Promise<number> {
  const port = [`:${insidePort}(?:/|$)`];
  const counts = [stage.count('social.accounts', 'uri ~ $1', port), stage.count('social.statuses', 'uri ~ $1', port), stage.count('federation.remote_keys', 'key_id ~ $1 OR owner_uri ~ $1', port)];
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
}

describe('addresses inside', () => {
  test('S057 S060 S061 S063 S064 S072 named in activities are never asked', async () => {
    for (const url of insides()) {
      for (const activity of [
        stage.eve.activity('Announce', url, { to: [PUBLIC] }),
        stage.eve.create(stage.eve.note('x', { inReplyTo: url, quoteUrl: url, attachment: [{ type: 'Image', mediaType: 'image/png', url }], tag: [{ type: 'Emoji', name: ':x:', icon: { url } }] })),
        stage.eve.activity('Follow', stage.bob.account.uri, { actor: url }),
      ]) {
        await stage.evil.sendActivity(stage.inbox, activity, { as: stage.eve });
      }
      await stage.evil.sendActivity(stage.inbox, stage.eve.activity('Follow', stage.bob.account.uri), { as: stage.eve, keyId: `${url}#main-key` });
    }
    await stage.server.settled();
    expect([knocks, await storedInside()]).toEqual([[], 0]);
  });

  test('S057 S058 redirects, WebFinger and what a person searches for do not lead there', async () => {
    for (const [at, url] of insides().slice(0, 8).entries()) {
      stage.evil.answers.set(`/hop/${at}`, { kind: 'redirect', to: url });
      await stage.alice.api.ask('GET', `/api/v2/search?resolve=true&q=${encodeURIComponent(`${stage.evil.baseUrl}/hop/${at}`)}`);
      await stage.alice.api.ask('GET', `/api/v2/search?resolve=true&q=${encodeURIComponent(url)}`);
    }
    stage.evil.answers.set('/.well-known/webfinger', { kind: 'redirect', to: `http://127.0.0.1:${insidePort}/wf` });
    for (const handle of [`someone@${stage.evil.host}`, `x@127.0.0.1:${insidePort}`, `x@localhost:${insidePort}`]) {
      await stage.alice.api.ask('GET', `/api/v2/search?resolve=true&q=${encodeURIComponent(`@${handle}`)}`);
    }
    stage.evil.answers.delete('/.well-known/webfinger');
    expect([knocks, await storedInside()]).toEqual([[], 0]);
  });

  test('S009 S070 an inbox there makes an account that nobody delivers to', async () => {
    const lure = stage.evil.addPerson('lure');
    stage.evil.documents.set(lure.id, lure.actor({ inbox: `http://127.0.0.1:${insidePort}/inbox` }));
    expect(await stage.apply(lure, lure.activity('Follow', stage.bob.account.uri))).toBe('ignored: actor_invalid');
    // One that was fine when it was read, and is not any more.
    const turned = stage.evil.addPerson('turned');
    expect(await stage.apply(turned, turned.activity('Follow', stage.bob.account.uri))).toBe('applied');
    await stage.server.backbone.db.query('UPDATE social.accounts SET inbox_url = $2, shared_inbox_url = $2 WHERE uri = $1', [turned.id, `http://127.0.0.1:${insidePort}/inbox`]);
    await stage.bob.api.post('/api/v1/statuses', { status: 'to my followers' });
    await stage.server.settled();
    expect(knocks).toEqual([]);
  });

  test('S069 line breaks in an address stay encoded', async () => {
    await stage.apply(stage.eve, stage.eve.activity('Announce', `${stage.evil.baseUrl}/%0d%0aX-Inj:1/%20HTTP/1.1`, { to: [PUBLIC] }));
    expect(stage.evil.gets).toContain('/%0d%0aX-Inj:1/%20HTTP/1.1');
  });
});

test('S112 a document of another type speaks for nobody', async () => {
  for (const contentType of ['text/plain', 'application/json', 'image/png', 'application/ld+json']) {
    const person = stage.evil.addPerson(`upload${contentType.length}`);
    stage.evil.answers.set(new URL(person.id).pathname, { kind: 'forged', forge: (body) => body, contentType });
    const follow = person.activity('Follow', stage.bob.account.uri);
    expect((await stage.evil.sendActivity(stage.inbox, follow, { as: person })).status).toBe(401);
    expect(await stage.account(person.id)).toBeUndefined();
  }
});

// Last, since the evil host stays out from here on.
describe('a suspended host', () => {
  beforeAll(async () => {
    const rule = { domain: stage.evil.host, severity: 'suspend', rejectMedia: false, rejectReports: false, privateComment: null, publicComment: null, obfuscate: false } as const;
    await stage.server.backbone.moderation.setDomainRule(null, rule);
    await until('the rule to hold', () => stage.server.backbone.policy.current().domainRules.some(({ domain }) => domain === stage.evil.host));
  });

  test('S192 does not get in under another spelling', async () => {
    const [name = '', port = ''] = stage.evil.host.split(':');
    const before = await stage.count('federation.inbound');
    for (const host of [`${name.toUpperCase()}:${port}`, `${name}.:${port}`, `sub.${name}:${port}`, `${name}:0${port}`, `ｌｏｃａｌｈｏｓｔ:${port}`]) {
      const actor = `http://${host}/users/eve`;
      const follow = { ...stage.eve.activity('Follow', stage.bob.account.uri), actor, id: `${actor}/follows/1` };
      const answer = await stage.evil.sendActivity(stage.inbox, follow, { as: stage.eve, keyId: /^[!-~]+$/.test(host) ? `${actor}#main-key` : stage.eve.keyId });
      expect([host, answer.status >= 400]).toEqual([host, true]);
    }
    expect(await stage.count('federation.inbound')).toBe(before);
  });

  test('S193 nothing of it comes by way of another: key, boost, parent, picture, handle', async () => {
    await stage.follow(stage.alice, stage.vic);
    const from = stage.evil.gets.length;
    const theirs = stage.eve.note('theirs');
    // A key of an open host for an actor of the closed one, and the reverse.
    expect((await stage.victim.sendActivity(stage.inbox, stage.eve.activity('Follow', stage.bob.account.uri), { as: stage.vic })).status).toBe(403);
    expect((await stage.evil.sendActivity(stage.inbox, stage.vic.activity('Follow', stage.bob.account.uri), { as: stage.eve })).status).toBe(403);
    expect(await stage.apply(stage.vic, stage.vic.activity('Announce', theirs.id, { to: [PUBLIC] }))).toMatch(/^ignored: object_blocked_domain/);
    const picture = (host: string) => ({ type: 'Image', mediaType: 'image/png', url: `${host}/p.png` });
    const note = stage.vic.note('look', {
      inReplyTo: theirs.id,
      attachment: [picture(stage.evil.baseUrl), picture(stage.victim.baseUrl)],
      tag: [{ type: 'Emoji', name: ':e:', icon: { url: `${stage.evil.baseUrl}/e.png` } }],
    });
    expect(await stage.apply(stage.vic, stage.vic.create(note))).toBe('applied');
    expect(await stage.status(note.id)).toMatchObject({ media: [{ url: `${stage.victim.baseUrl}/p.png` }], emojis: [], inReplyToId: null });
    const guest = stage.victim.addPerson('guest');
    stage.victim.documents.set(guest.id, guest.actor({ webfinger: `guest@${stage.evil.host}`, icon: picture(stage.evil.baseUrl) }));
    // The handle there is not asked for; the one at its own host holds.
    await stage.mustApply(guest, guest.activity('Follow', stage.bob.account.uri));
    expect(await stage.account(guest.id)).toMatchObject({ username: 'guest', domain: stage.victim.host, avatarUrl: null });
    expect(stage.evil.gets.length - from).toBe(0);
  });

  test('S190 S195 it reads nothing that it signs for, and its people are nowhere to be found', async () => {
    await stage.server.settled();
    const before = await stateOf(stage.server);
    const answer = await stage.evil.fetchDocument(`${stage.server.url}${new URL(stage.alice.account.uri).pathname}`, undefined, stage.server.domain);
    expect([answer.status, answer.body.includes('alice')]).toEqual([403, false]);
    expect(await stateOf(stage.server)).toEqual(before);
    const found = await stage.alice.api.get<{ accounts: unknown[] }>(`/api/v2/search?q=${encodeURIComponent(`@${stage.eve.handle}`)}`);
    expect(found.accounts).toEqual([]);
  });
});
