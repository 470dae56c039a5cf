import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { resolveStatus } from '@trunkline/social';
import type { TestPerson } from '@trunkline/testing';
import { InboxBench } from './inbox-bench.js';
import type { PeerActor } from './scripted-peer.js';

let bench: InboxBench;
let alice: TestPerson;
/** Amy and Ned share a server; Eve has her own. */
let amy: PeerActor;
let ned: PeerActor;
let eve: PeerActor;
let count = 0;

beforeAll(async () => {
  bench = await InboxBench.start();
  alice = await bench.server.person('alice');
}, 60_000);
afterAll(async () => bench?.stop());
beforeEach(async () => {
  count += 1;
  [amy, ned, eve] = [bench.peer.actor(`amy${count}`), bench.peer.actor(`ned${count}`), bench.other.actor(`eve${count}`)];
  await bench.follows(alice, amy);
});

const backbone = () => bench.server.backbone;
const undo = (actor: PeerActor, object: unknown) => bench.peer.activity('Undo', actor, object);
const idOf = async (actor: PeerActor) => (await bench.account(actor.uri))?.id ?? '0';

describe('Undo by an id alone', () => {
  test('of a like, a boost, a follow and a block; nobody undoes what another did', async () => {
    const mine = await bench.publish(alice);
    const acts = { like: bench.peer.activity('Like', amy, mine.uri), boost: bench.peer.activity('Announce', amy, mine.uri), follow: bench.peer.activity('Follow', amy, alice.account.uri) };
    for (const act of Object.values(acts)) expect(await bench.apply(amy, act)).toBe('applied');
    const counts = async () => {
      const status = await bench.status(mine.uri);
      const followed = await backbone().store.follow((await idOf(amy)) as never, alice.account.id);
      return [status?.favouritesCount, status?.boostsCount, followed !== null];
    };
    expect(await counts()).toEqual([1, 1, true]);
    for (const act of Object.values(acts)) await bench.apply(ned, undo(ned, act.id));
    for (const act of Object.values(acts)) expect(await bench.apply(eve, bench.other.activity('Undo', eve, act.id))).toBe('ignored: foreign_object');
    expect(await counts()).toEqual([1, 1, true]);
    for (const act of Object.values(acts)) expect(await bench.apply(amy, undo(amy, act.id))).toBe('applied');
    expect(await counts()).toEqual([0, 0, false]);
    // Sent again later, what was undone stays so.
    expect(await bench.apply(amy, { ...acts.like })).toBe('ignored: undone');
    expect((await counts())[0]).toBe(0);

    const react = bench.peer.activity('EmojiReact', amy, mine.uri, { content: '🎉' });
    const reactions = async () => (await backbone().store.statusesByIds([mine.id]))[0]?.reactions.length;
    expect([await bench.apply(amy, react), await reactions()]).toEqual(['applied', 1]);
    expect([await bench.apply(amy, undo(amy, react.id)), await reactions()]).toEqual(['applied', 0]);

    const block = bench.peer.activity('Block', amy, alice.account.uri);
    expect(await bench.apply(amy, block)).toBe('applied');
    expect(await bench.apply(amy, undo(amy, block.id))).toBe('applied');
    expect((await backbone().store.viewerTies(alice.account.id, [(await idOf(amy)) as never])).get((await idOf(amy)) as never)?.blockedEitherWay ?? false).toBe(false);
  });
});

describe('the dead stay dead', () => {
  test('a deleted post does not come back by Create, Announce, Update or a fetch', async () => {
    const note = bench.peer.note(amy);
    expect(await bench.apply(amy, bench.peer.activity('Create', amy, note))).toBe('applied');
    expect(await bench.apply(amy, bench.peer.activity('Delete', amy, { type: 'Tombstone', id: note.id }))).toBe('applied');
    const isGone = async () => (await bench.status(note.id))?.deletedAt !== null;
    expect(await bench.apply(amy, bench.peer.activity('Create', amy, note))).toBe('ignored: tombstone');
    expect(await bench.apply(amy, bench.peer.activity('Announce', amy, note.id))).toBe('ignored: object_gone');
    expect(await bench.apply(amy, bench.peer.activity('Update', amy, { ...note, updated: new Date().toISOString() }))).toBe('ignored: tombstone');
    expect(await resolveStatus(backbone(), note.id)).toMatchObject({ ok: false, error: { code: 'gone' } });
    expect(await isGone()).toBe(true);
  });

  test('a Delete that comes first is remembered, and only its author can send it', async () => {
    const [mine, theirs] = [bench.peer.note(amy), bench.peer.note(amy)];
    expect(await bench.apply(ned, bench.peer.activity('Delete', ned, theirs.id))).toBe('applied');
    expect(await bench.apply(eve, bench.other.activity('Delete', eve, theirs.id))).toBe('ignored: foreign_object');
    expect(await bench.apply(amy, bench.peer.activity('Create', amy, theirs))).toBe('applied');
    expect(await bench.apply(amy, bench.peer.activity('Delete', amy, mine.id))).toBe('applied');
    expect(await bench.apply(amy, bench.peer.activity('Create', amy, mine))).toBe('ignored: tombstone');
    expect(await bench.apply(amy, bench.peer.activity('Announce', amy, mine.id))).toBe('ignored: object_gone');
    expect([await bench.status(mine.id), (await bench.status(theirs.id))?.deletedAt]).toEqual([undefined, null]);
  });
});

describe('an account that ends', () => {
  test('comes back when its server takes that back (Misskey), as its server shows it, and not by a word alone', async () => {
    expect(await bench.apply(amy, bench.peer.activity('Delete', amy, amy.uri))).toBe('applied');
    const returned = undo(amy, bench.peer.activity('Delete', amy, amy.uri));
    const deletedAt = async () => (await bench.account(amy.uri))?.deletedAt ?? null;
    expect(await bench.apply(ned, undo(ned, bench.peer.activity('Delete', amy, amy.uri)))).toBe('ignored: foreign_actor');
    bench.peer.documents.set(new URL(amy.uri).pathname, 410);
    expect(await bench.apply(amy, { ...returned, id: bench.peer.id('undo') })).toBe('ignored: actor_gone');
    expect(await deletedAt()).not.toBeNull();
    bench.peer.documents.set(new URL(amy.uri).pathname, { ...amy.document, name: 'Amy again' });
    expect(await bench.apply(amy, returned)).toBe('applied');
    expect([await deletedAt(), (await bench.account(amy.uri))?.displayName]).toEqual([null, 'Amy again']);
    // Follows and posts that went with it stay gone.
    expect(await backbone().store.follow(alice.account.id, (await idOf(amy)) as never)).toBeNull();
    expect(await bench.apply(amy, bench.peer.activity('Follow', amy, alice.account.uri))).toBe('applied');
  });

  test('of nobody known is answered 202, and asks nobody for a key', async () => {
    const nobody = bench.peer.actor(`nobody${count}`);
    const asked = bench.peer.asked.length;
    expect((await bench.send(nobody, bench.peer.activity('Delete', nobody, nobody.uri))).status).toBe(202);
    expect(bench.peer.asked.slice(asked)).toEqual([]);
  });
});

describe('suspension', () => {
  test('by moderators here: only ends and changes are heard', async () => {
    const [note, late] = [bench.peer.note(amy), bench.peer.note(amy)];
    await bench.apply(amy, bench.peer.activity('Create', amy, note));
    await backbone().store.transaction(async (tx) => tx.updateAccount((await idOf(amy)) as never, { suspendedAt: new Date() }));
    expect(await bench.apply(amy, bench.peer.activity('Create', amy, late))).toBe('ignored: actor_suspended');
    for (const type of ['Follow', 'Block', 'Flag', 'Move'] as const) expect([type, await bench.apply(amy, bench.peer.activity(type, amy, type === 'Move' ? amy.uri : alice.account.uri, { target: eve.uri }))]).toEqual([type, 'ignored: actor_suspended']);
    expect(await bench.apply(amy, bench.peer.activity('Update', amy, { ...amy.document, name: 'Amy!' }))).toBe('applied');
    expect(await bench.apply(amy, bench.peer.activity('Delete', amy, note.id))).toBe('applied');
    expect([(await bench.status(note.id))?.deletedAt === null, await bench.status(late.id), (await bench.account(amy.uri))?.suspendedAt === null]).toEqual([false, undefined, false]);
  });

  test('by the account’s own server, which ends it as well; never one that was decided here', async () => {
    const says = async (suspended: boolean) => bench.apply(amy, bench.peer.activity('Update', amy, { ...amy.document, suspended }));
    const isSuspended = async () => (await bench.account(amy.uri))?.suspendedAt !== null;
    expect([await says(true), await isSuspended()]).toEqual(['applied', true]);
    expect([await says(false), await isSuspended()]).toEqual(['applied', false]);
    await backbone().store.transaction(async (tx) => tx.updateAccount((await idOf(amy)) as never, { suspendedAt: new Date() }));
    expect([await says(true), await isSuspended()]).toEqual(['applied', true]);
    expect([await says(false), await isSuspended()]).toEqual(['applied', true]);
  });
});

describe('reports', () => {
  const reported = async (flag: { id: string }) => {
    const [row] = await bench.rows(flag.id);
    return row === undefined ? undefined : (await backbone().reports.byIds([row.id]))[0];
  };

  test.each(['Mastodon', 'Misskey', 'Lemmy', 'GoToSocial'] as const)('as %s sends them', async (software) => {
    const [first, second] = [await bench.publish(alice), await bench.publish(alice)];
    const flag = {
      Mastodon: () => bench.peer.activity('Flag', amy, [alice.account.uri, first.uri, second.uri], { content: 'spam' }),
      // Misskey names the page of one post, and the id of what has none.
      Misskey: () => bench.peer.activity('Flag', amy, alice.account.uri, { content: `Note: ${first.url}\n-----\nspam, also ${second.uri}` }),
      Lemmy: () => bench.peer.activity('Flag', amy, first.uri, { summary: 'spam' }),
      GoToSocial: () => bench.peer.activity('Flag', amy, [alice.account.uri, first.uri, second.uri], { content: 'spam', to: alice.account.uri }),
    }[software]();
    expect(await bench.apply(amy, flag)).toBe('applied');
    expect(await reported(flag)).toMatchObject({ targetAccountId: alice.account.id, statusIds: software === 'Lemmy' ? [first.id] : [first.id, second.id], comment: expect.stringContaining('spam'), forwarded: false });
  });

  test('of nobody here, or of somebody’s posts under another name', async () => {
    const bob = await bench.server.person(`bob${count}`);
    const mine = await bench.publish(alice);
    const flag = bench.peer.activity('Flag', amy, [bob.account.uri, mine.uri]);
    expect(await bench.apply(amy, flag)).toBe('applied');
    expect(await reported(flag)).toMatchObject({ targetAccountId: bob.account.id, statusIds: [] });
    expect(await bench.apply(amy, bench.peer.activity('Flag', amy, [eve.uri, `${eve.uri}/1`]))).toBe('ignored: unknown_target');
  });
});

describe('boosts', () => {
  test('of one’s own private post that came along are for followers; of another’s they are refused', async () => {
    const mine = bench.peer.note(amy, { to: [`${amy.uri}/followers`], cc: [] });
    bench.peer.documents.set(new URL(mine.id).pathname, 404);
    expect(await bench.apply(amy, bench.peer.activity('Announce', amy, mine, { to: [`${amy.uri}/followers`], cc: [] }))).toBe('applied');
    expect(await bench.status(mine.id)).toMatchObject({ visibility: 'private', boostsCount: 1 });

    await bench.follows(alice, ned);
    const theirs = bench.peer.note(ned, { to: [`${ned.uri}/followers`], cc: [] });
    await bench.apply(ned, bench.peer.activity('Create', ned, theirs));
    expect(await bench.apply(amy, bench.peer.activity('Announce', amy, theirs.id))).toMatch(/^ignored: not_(visible|public)/);
    const forged = bench.peer.note(ned, { to: [`${ned.uri}/followers`], cc: [] });
    bench.peer.documents.set(new URL(forged.id).pathname, 404);
    expect(await bench.apply(amy, bench.peer.activity('Announce', amy, forged))).toBe('ignored: object_not_found');
    expect([(await bench.status(theirs.id))?.boostsCount, await bench.status(forged.id)]).toEqual([0, undefined]);
  });
});

test('what nobody here knows is answered 202 and leaves no row', async () => {
  for (const type of ['Arrive', 'Bite', 'Listen', 'View', 'Join', 'https://ns.example/#Frobnicate']) {
    const activity = bench.peer.activity(type, amy, alice.account.uri, { id: `${bench.peer.url}/strange/${count}/${encodeURIComponent(type)}` });
    expect([type, (await bench.send(amy, activity)).status, await bench.rows(activity.id)]).toEqual([type, 202, []]);
  }
});
