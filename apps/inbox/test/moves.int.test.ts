import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { AccountId } from '@trunkline/kernel';
import { blockAccount, resolveAccount } from '@trunkline/social';
import { until, type TestPerson } from '@trunkline/testing';
import { InboxBench } from './inbox-bench.js';
import type { PeerActor } from './scripted-peer.js';

let bench: InboxBench;
/** Here: Alice follows whoever moves, Bob follows and blocks the new one, Mia mutes, Blake blocks. */
let alice: TestPerson;
let bob: TestPerson;
let mia: TestPerson;
let blake: TestPerson;
let count = 0;
let old: PeerActor;
let fresh: PeerActor;

beforeAll(async () => {
  bench = await InboxBench.start();
  [alice, bob, mia, blake] = [await bench.server.person('alice'), await bench.server.person('bob'), await bench.server.person('mia'), await bench.server.person('blake')];
}, 60_000);
afterAll(async () => bench?.stop());

/** Another pair for each test: an account on one server and the one it goes to on another. */
beforeEach(async () => {
  count += 1;
  old = bench.peer.actor(`old${count}`);
  fresh = bench.other.actor(`fresh${count}`);
  names(fresh, [old.uri]);
  await bench.follows(alice, old);
});

/** What the actor's server shows of it from now on. */
const shows = (actor: PeerActor, change: Readonly<Record<string, unknown>>): void => {
  const server = actor.uri.startsWith(bench.peer.url) ? bench.peer : bench.other;
  server.documents.set(new URL(actor.uri).pathname, { ...actor.document, ...change });
};
const names = (actor: PeerActor, alsoKnownAs: readonly string[]): void => shows(actor, { alsoKnownAs });
const move = (actor: PeerActor, target: PeerActor, more: object = {}) => bench.peer.activity('Move', actor, actor.uri, { target: target.uri, ...more });
const idOf = async (actor: PeerActor): Promise<AccountId> => (await bench.account(actor.uri))?.id ?? ('0' as AccountId);
const backbone = () => bench.server.backbone;

/** How somebody here stands to an actor. */
async function tie(person: TestPerson, actor: PeerActor): Promise<string> {
  const id = await idOf(actor);
  if ((await backbone().store.follow(person.account.id, id)) !== null) return 'follows';
  return (await backbone().store.followRequest(person.account.id, id)) === null ? 'none' : 'asked';
}
const takenAlong = (): Promise<true> => until('followers to be taken along', async () => ((await tie(alice, old)) === 'none' && (await tie(alice, fresh)) === 'asked') || null);

describe('Move', () => {
  test('followers ask the new account and leave the old one; options, blocks and mutes go along; the old one points there', async () => {
    const oldId = await idOf(old);
    const { ids } = backbone();
    await bench.follows(bob, old);
    const target = await resolveAccount(backbone(), fresh.uri);
    if (!target.ok) throw new Error(target.error.code);
    await blockAccount(backbone(), bob.account.id, target.value.id);
    await blockAccount(backbone(), blake.account.id, oldId);
    await backbone().store.transaction(async (tx) => {
      await tx.updateFollow(alice.account.id, oldId, { showBoosts: false, notify: true });
      await tx.insertMute({ id: ids.next(), accountId: mia.account.id, targetId: oldId, hideNotifications: false, expiresAt: null });
    });
    expect(await bench.apply(old, move(old, fresh))).toBe('applied');
    await takenAlong();

    expect(await backbone().store.followRequest(alice.account.id, target.value.id)).toMatchObject({ showBoosts: false, notify: true });
    // A block between the two stands above the follow: Bob stays where he was.
    expect([await tie(bob, old), await tie(bob, fresh)]).toEqual(['follows', 'none']);
    await until('blocks and mutes to be carried over', async () => {
      const ties = await backbone().store.tiesOfMany([blake.account.id, mia.account.id], [target.value.id]);
      return (ties.get(blake.account.id)?.get(target.value.id)?.blocks === true && ties.get(mia.account.id)?.get(target.value.id)?.mutes === true) || null;
    });
    expect((await bench.account(old.uri))?.movedToUri).toBe(fresh.uri);
    // Sent again it changes nothing.
    expect(await bench.apply(old, move(old, fresh))).toBe('applied');
    expect(await tie(alice, fresh)).toBe('asked');
  });

  test('whoever moves stays in the lists of those here, first as one who is asked for', async () => {
    const { ids, lists, store } = backbone();
    const oldId = await idOf(old);
    const owner = alice.account.id;
    const list = { id: ids.next(), accountId: owner, title: 'Friends', repliesPolicy: 'list' as const, exclusive: false };
    const other = { ...list, id: ids.next(), title: 'Others', exclusive: true };
    for (const made of [list, other]) await lists.create(made);
    await lists.add(list, [{ id: ids.next(), accountId: oldId }]);
    expect(await bench.apply(old, move(old, fresh))).toBe('applied');
    await takenAlong();
    const freshId = await idOf(fresh);
    const inList = async (): Promise<string[]> => (await lists.holding(owner, freshId)).map(({ title }) => title);
    await until('the list to have the new one', async () => (await inList()).length > 0);
    expect([await inList(), (await lists.members(list.id, { limit: 10, maxId: null, sinceId: null, minId: null })).map(({ id }) => id)]).toEqual([['Friends'], [freshId]]);
    await store.transaction((tx) => tx.acceptFollowRequest(owner, freshId));
    expect((await lists.among([list.id], [oldId, freshId])).get(list.id)?.members).toEqual(new Set([freshId]));
    for (const made of [list, other]) await lists.remove(owner, made.id);
  });

  test('not within seven days to yet another', async () => {
    const third = bench.other.actor(`third${count}`);
    names(third, [old.uri]);
    expect(await bench.apply(old, move(old, fresh))).toBe('applied');
    await takenAlong();
    expect(await bench.apply(old, move(old, third))).toBe('ignored: too_soon');
    expect([(await bench.account(old.uri))?.movedToUri, await tie(alice, third)]).toEqual([fresh.uri, 'none']);
    await backbone().db.query("UPDATE social.moves SET moved_at = now() - interval '8 days' WHERE account_id = $1", [await idOf(old)]);
    expect(await bench.apply(old, move(old, third))).toBe('applied');
    expect((await bench.account(old.uri))?.movedToUri).toBe(third.uri);
  });

  test('to an account here: the follow stands at once', async () => {
    await backbone().store.transaction((tx) => tx.updateAccount(mia.account.id, { alsoKnownAs: [old.uri] }));
    expect(await bench.apply(old, bench.peer.activity('Move', old, old.uri, { target: mia.account.uri }))).toBe('applied');
    await until('Alice to follow Mia', async () => (await backbone().store.follow(alice.account.id, mia.account.id)) ?? null);
    await until('Alice to leave the old one', async () => (await tie(alice, old)) === 'none' || null);
  });

  test('the new account may say it, when the old one points there (FEP-7628)', async () => {
    const pulled = bench.other.activity('Move', fresh, old.uri, { target: fresh.uri });
    expect(await bench.apply(fresh, pulled)).toBe('ignored: not_agreed');
    expect(await tie(alice, old)).toBe('follows');
    shows(old, { movedTo: fresh.uri });
    expect(await bench.apply(fresh, { ...pulled, id: bench.other.id('move') })).toBe('applied');
    await takenAlong();
  });
});

describe('nobody takes followers away', () => {
  const untouched = async (): Promise<void> => {
    expect([await tie(alice, old), await tie(alice, fresh), (await bench.account(old.uri))?.movedToUri]).toEqual(['follows', 'none', null]);
  };

  test('a new account that does not name the old one, or does no longer', async () => {
    names(fresh, []);
    expect(await bench.apply(old, move(old, fresh))).toBe('ignored: not_agreed');
    await untouched();
    names(fresh, [`${old.uri}x`]);
    expect(await bench.apply(old, move(old, fresh))).toBe('ignored: not_agreed');
    await untouched();
  });

  test('what is remembered of the new account does not count while its server is away', async () => {
    await resolveAccount(backbone(), fresh.uri);
    await backbone().db.query("UPDATE social.accounts SET fetched_at = now() - interval '1 day' WHERE uri = $1", [fresh.uri]);
    bench.other.documents.set(new URL(fresh.uri).pathname, 500);
    expect(await bench.apply(old, move(old, fresh))).toMatch(/^stored: target_unreachable/);
    await untouched();
  });

  test('somebody else, of the same server or another', async () => {
    const eve = bench.peer.actor(`eve${count}`);
    const mallory = bench.other.actor(`mallory${count}`);
    names(mallory, [old.uri]);
    await bench.follows(alice, eve);
    expect(await bench.apply(eve, bench.peer.activity('Move', eve, old.uri, { target: fresh.uri }))).toBe('ignored: foreign_object');
    expect(await bench.apply(mallory, bench.other.activity('Move', mallory, old.uri, { target: mallory.uri }))).toBe('ignored: not_agreed');
    expect(await bench.apply(mallory, bench.other.activity('Move', mallory, alice.account.uri, { target: mallory.uri }))).toBe('ignored: not_agreed');
    // Signed by somebody else than the actor: the door says no.
    expect((await bench.send(mallory, move(old, fresh))).status).toBe(401);
    await untouched();
  });

  test('a new account that has moved on itself, or is the old one', async () => {
    shows(fresh, { alsoKnownAs: [old.uri], movedTo: alice.account.uri });
    expect(await bench.apply(old, move(old, fresh))).toBe('ignored: moved_on');
    expect(await bench.apply(old, move(old, old))).toBe('ignored: self');
    await untouched();
  });
});
