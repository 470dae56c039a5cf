import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { ActivityReceivedV1 } from '@trunkline/contracts';
import { newEventId } from '@trunkline/persistence';
import { ScriptedRemote, startTestServer, SteadyClock, until, type TestPerson, type TestServer } from '../src/index.js';
import { EventSource } from './event-source.js';
import { accountOf, befriend, noteFrom, through, type StatusJson } from './foreign-ties.js';

jest.setTimeout(120_000);

const A_SECOND_MS = 1_000;
const ALICE_TAG = 'enforced';

let home: TestServer;
let copy: TestServer;
let copies: readonly TestServer[];
let foe: ScriptedRemote;
let friend: ScriptedRemote;
let owner: TestPerson;
let alice: TestPerson;

beforeAll(async () => {
  [foe, friend] = [await ScriptedRemote.start({ name: 'foe' }), await ScriptedRemote.start({ name: 'friend' })];
  home = await startTestServer({ peers: [foe.host, friend.host], env: { AUTHORIZED_FETCH: 'true' } });
  copy = await startTestServer({ sharing: home });
  copies = [home, copy];
  owner = await home.person('olga', { role: 'Owner' });
  alice = await home.person('alice');
  await alice.api.get('/api/v1/timelines/home');
  await befriend(home, alice, foe);
  await befriend(home, alice, friend);
});
afterAll(async () => {
  await copy?.stop();
  await home?.stop();
  await Promise.all([foe?.stop(), friend?.stop()]);
});

const rule = (remote: ScriptedRemote, severity: string): Promise<{ id: string }> =>
  owner.api.post<{ id: string }>('/api/v1/admin/domain_blocks', { domain: remote.host, severity });

const urisAt = async (server: TestServer, path: string, who = alice): Promise<string[]> =>
  (await through(server, who).get<StatusJson[]>(path)).map(({ uri }) => uri);

/** A way is a question whose answer is whether it is shut in this copy. */
type Way = (server: TestServer) => Promise<boolean>;

/** Asks every way in every copy until it is shut; fails when one was still found open a second after the decision, which was just made. */
async function expectShutWithinASecond(ways: Readonly<Record<string, Way>>): Promise<void> {
  const clock = new SteadyClock(() => home.backbone.db.query('SELECT 1'));
  const asked = Object.entries(ways).flatMap(([way, isShut]) =>
    copies.map(async (server, number) => ({ way: `${way} in copy ${number}`, openMs: await clock.lastOtherwiseMs(`${way} to be shut in copy ${number}`, () => isShut(server)) })),
  );
  const found = await Promise.all(asked).finally(() => clock.stop());
  expect(found.filter(({ openMs }) => openMs >= A_SECOND_MS)).toEqual([]);
}

/** Whether the copy goes and asks the remote for a note that it has never heard of. */
const asksFor = async (server: TestServer, remote: ScriptedRemote): Promise<boolean> => {
  const unheard = remote.person.note('never heard of');
  await through(server, alice).get(`/api/v2/search?resolve=true&type=statuses&q=${encodeURIComponent(unheard.id)}`);
  return remote.gets.includes(new URL(unheard.id).pathname);
};

const receives = async (server: TestServer, remote: ScriptedRemote): Promise<number> =>
  (await remote.sendActivity(`${server.url}/inbox`, remote.person.activity('Like', alice.account.uri), { host: server.domain })).status;

const reads = async (server: TestServer, remote: ScriptedRemote): Promise<number> =>
  (await remote.fetchDocument(`${server.url}${new URL(alice.account.uri).pathname}`, undefined, server.domain)).status;

describe('suspended by the owner', () => {
  let note: StatusJson;
  let root: StatusJson;
  let foeId: string;

  beforeAll(async () => {
    root = await alice.api.post<StatusJson>('/api/v1/statuses', { status: 'What do you think?' });
    await home.settled();
    note = await noteFrom(home, foe, `I think <a href="${foe.baseUrl}/tags/${ALICE_TAG}">#${ALICE_TAG}</a>`, {
      inReplyTo: root.uri,
      tag: [{ type: 'Hashtag', name: `#${ALICE_TAG}`, href: `${foe.baseUrl}/tags/${ALICE_TAG}` }, { type: 'Mention', href: alice.account.uri, name: `@${alice.handle}` }],
    });
    foeId = await accountOf(alice.api, foe.person.handle);
  });

  test('before that, every way is open in both copies', async () => {
    for (const server of copies) {
      expect([await receives(server, foe), await reads(server, foe), await asksFor(server, foe)]).toEqual([202, 200, true]);
      for (const path of ['/api/v1/timelines/home', `/api/v1/timelines/tag/${ALICE_TAG}`, `/api/v1/accounts/${foeId}/statuses`]) {
        expect([path, await urisAt(server, path)]).toEqual([path, expect.arrayContaining([note.uri])]);
      }
    }
  });

  test('within a second nothing comes in, is fetched, handed out or shown, in both copies', async () => {
    await rule(foe, 'suspend');
    const isGoneFrom = (path: string): Way => async (server) => !(await urisAt(server, path)).includes(note.uri);
    await expectShutWithinASecond({
      receive: async (server) => (await receives(server, foe)) === 403,
      fetch: async (server) => !(await asksFor(server, foe)),
      documents: async (server) => (await reads(server, foe)) === 403,
      'home timeline': isGoneFrom('/api/v1/timelines/home'),
      'public timeline': isGoneFrom('/api/v1/timelines/public'),
      'tag timeline': isGoneFrom(`/api/v1/timelines/tag/${ALICE_TAG}`),
      'account page': async (server) => {
        const { status, body } = await through(server, alice).ask<StatusJson[]>('GET', `/api/v1/accounts/${foeId}/statuses`);
        return status !== 200 || body.length === 0;
      },
      thread: async (server) => {
        const { descendants } = await through(server, alice).get<{ descendants: StatusJson[] }>(`/api/v1/statuses/${root.id}/context`);
        return descendants.length === 0;
      },
      notifications: async (server) => {
        const told = await through(server, alice).get<{ account: { id: string } }[]>('/api/v1/notifications');
        return told.every(({ account }) => account.id !== foeId);
      },
    });
  });

  test('what was accepted before and not applied yet is ignored', async () => {
    const { inbound, ids, publisher, db } = home.backbone;
    const create = foe.person.create(foe.person.note('too late', { cc: [alice.account.uri] }));
    const id = ids.next();
    // The door would refuse it by now: this is the row that it would have stored a moment ago.
    await inbound.accept([{ id, activityId: create.id, activityType: 'Create', actorUri: foe.person.id, signerHost: foe.host, body: JSON.stringify(create), signatureHash: id, trace: null }]);
    const eventId = newEventId();
    await publisher.publish([{ eventId, subject: ActivityReceivedV1.subject, payload: { eventId, inboundIds: [id] } }]);
    const row = await until('a verdict', async () => {
      const [found] = await db.query<{ state: string; reason: string }>('SELECT state, reason FROM federation.inbound WHERE id = $1 LIMIT 1', [id]);
      return found?.state !== 'stored' && found;
    });
    expect(row).toEqual({ state: 'ignored', reason: 'blocked_domain' });
  });

  test('nothing more is sent to it, while others still get it', async () => {
    // What was under way when the decision fell has ended: nothing is left to deliver.
    await home.settled();
    const before = foe.posts.length;
    for (const server of copies) {
      const api = through(server, alice);
      const posted = await api.post<StatusJson>('/api/v1/statuses', { status: `@${foe.person.handle} can you hear me?` });
      await friend.untilPost('the post', ({ body }) => body.includes(posted.uri));
      await api.delete(`/api/v1/statuses/${posted.id}`);
    }
    await home.settled();
    expect(foe.posts.length).toBe(before);
  });

  test('streams of both copies bring what others write, and nothing of it', async () => {
    const streams = await Promise.all(copies.map((server) => EventSource.open(`${server.url}/api/v1/streaming/user`, alice.token)));
    expect(await receives(home, foe)).toBe(403);
    const [blockedRow] = await home.backbone.store.statusesByUris([note.uri]);
    if (blockedRow === undefined) throw new Error('the note is gone');
    // As a fan-out would that began before the decision.
    home.backbone.live.toUsers([alice.account.id], { type: 'update', statusId: blockedRow.id });
    const shown = await noteFrom(home, friend, 'still here');
    for (const stream of streams) {
      await stream.next('the friend’s note', ({ event, data }) => event === 'update' && data.includes(shown.uri));
      expect(stream.events.filter(({ data }) => data.includes(note.uri))).toEqual([]);
      stream.close();
    }
  });
});

describe('silenced by the owner', () => {
  test('its posts leave the public timelines, and stay with those who follow', async () => {
    const carol = await home.person('carol');
    const tag = [{ type: 'Hashtag', name: '#loud', href: `${friend.baseUrl}/tags/loud` }];
    const note = await noteFrom(home, friend, 'I am #loud', { tag });
    expect(await urisAt(copy, '/api/v1/timelines/public', carol)).toContain(note.uri);
    const { id } = await rule(friend, 'silence');
    const isGoneFor = (who: TestPerson, path: string): Way => async (server) => !(await urisAt(server, path, who)).includes(note.uri);
    await expectShutWithinASecond({
      'public timeline': isGoneFor(carol, '/api/v1/timelines/public'),
      'remote timeline': isGoneFor(carol, '/api/v1/timelines/public?remote=true'),
      'tag timeline': isGoneFor(carol, '/api/v1/timelines/tag/loud'),
    });
    // A stranger is not reached, a follower is; receiving and delivering go on.
    const mention = (who: TestPerson) => ({ type: 'Mention', href: who.account.uri, name: `@${who.handle}` });
    const later = await noteFrom(home, friend, 'Hello both', { tag: [mention(carol), mention(alice)], cc: [carol.account.uri, alice.account.uri, friend.person.followers] });
    for (const server of copies) {
      expect(await urisAt(server, '/api/v1/timelines/home')).toEqual(expect.arrayContaining([note.uri, later.uri]));
      const toldOf = async (who: TestPerson): Promise<string[]> =>
        (await through(server, who).get<{ status?: StatusJson }[]>('/api/v1/notifications?types[]=mention')).flatMap(({ status }) => status?.uri ?? []);
      expect([await toldOf(carol), await toldOf(alice)]).toEqual([[], expect.arrayContaining([later.uri])]);
    }
    await owner.api.delete(`/api/v1/admin/domain_blocks/${id}`);
    await until('the rule to be lifted', async () => (await urisAt(copy, '/api/v1/timelines/public', carol)).includes(note.uri));
  });
});
