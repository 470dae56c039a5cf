import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { followUri } from '@trunkline/activitypub';
import { followAccount, homeTimeline, resolveAccount, rowReader } from '@trunkline/social';
import type { TestPerson } from '@trunkline/testing';
import { InboxBench } from './inbox-bench.js';
import type { PeerActor } from './scripted-peer.js';

let bench: InboxBench;
/** Here. */
let alice: TestPerson;
let bob: TestPerson;
/** There: Amy and Ned share a server, Eve has her own. */
let amy: PeerActor;
let ned: PeerActor;
let eve: PeerActor;

beforeAll(async () => {
  bench = await InboxBench.start();
  [alice, bob] = [await bench.server.person('alice'), await bench.server.person('bob')];
  [amy, ned, eve] = [bench.peer.actor('amy'), bench.peer.actor('ned'), bench.other.actor('eve')];
}, 60_000);
afterAll(async () => bench?.stop());

const ties = async (actor: PeerActor, target: TestPerson) => {
  const follower = await bench.account(actor.uri);
  return follower === undefined ? null : bench.server.backbone.store.follow(follower.id, target.account.id);
};

describe('Follow', () => {
  test('stands at once, is accepted again under a new id when it is sent again, and ends once', async () => {
    const first = bench.peer.activity('Follow', ned, bob.account.uri);
    expect(await bench.apply(ned, first)).toBe('applied');
    expect((await ties(ned, bob))?.uri).toBe(first.id);
    const accepted = await bench.events('follow.accepted.v1');
    const again = bench.peer.activity('Follow', ned, bob.account.uri);
    expect(await bench.apply(ned, again)).toBe('applied');
    expect((await ties(ned, bob))?.uri).toBe(again.id);
    expect(await bench.events('follow.accepted.v1')).toBe(accepted + 1);

    const undo = bench.peer.activity('Undo', ned, again);
    expect(await bench.apply(ned, undo)).toBe('applied');
    expect(await ties(ned, bob)).toBeNull();
    expect(await bench.apply(ned, undo)).toBe('ignored: nothing_to_undo');
    // Misskey uses its Follow ids again.
    expect(await bench.apply(ned, again)).toBe('applied');
    expect(await bench.apply(ned, bench.peer.activity('Undo', ned, again.id))).toBe('applied');
    expect(await ties(ned, bob)).toBeNull();
  });

  // S021: sharing a host gives no right over each other's follows.
  test('nobody else ends it', async () => {
    const follow = bench.peer.activity('Follow', ned, alice.account.uri);
    await bench.apply(ned, follow);
    expect(await bench.apply(amy, bench.peer.activity('Undo', amy, follow))).toBe('ignored: foreign_actor');
    expect(await ties(ned, alice)).not.toBeNull();
  });

  test('of somebody who is not here is ignored', async () => {
    expect(await bench.apply(ned, bench.peer.activity('Follow', ned, `${alice.account.uri}1`))).toBe('ignored: unknown_target');
  });
});

// S024.
test('only the one who was asked lets a follower in', async () => {
  const carl = bench.peer.actor('carl');
  const target = await resolveAccount(bench.server.backbone, carl.uri);
  if (!target.ok) throw new Error(target.error.code);
  await followAccount(bench.server.backbone, bob.account, target.value);
  const request = await bench.server.backbone.store.followRequest(bob.account.id, target.value.id);
  const ours = { id: followUri(bench.server.backbone.settings.baseUrl, bob.account.id, request?.id ?? bob.account.id), type: 'Follow', actor: bob.account.uri, object: carl.uri };
  const follows = () => bench.server.backbone.store.follow(bob.account.id, target.value.id);
  for (const [forger, object] of [[eve, ours.id], [eve, ours], [amy, ours], [amy, ours.id]] as const) {
    expect(await bench.apply(forger, bench.peer.activity('Accept', forger, object, forger === eve ? { id: bench.other.id('accepts') } : {}))).toMatch(/^ignored/);
  }
  expect(await follows()).toBeNull();
  expect(await bench.apply(carl, bench.peer.activity('Accept', carl, ours))).toBe('applied');
  expect(await follows()).not.toBeNull();
  expect(await bench.apply(carl, bench.peer.activity('Reject', carl, ours.id))).toBe('applied');
  expect(await follows()).toBeNull();
});

// Servers send what they have at once; which of it comes first is nobody's choice.
test('a post that comes before the Accept of its follow is there when that comes', async () => {
  const dot = bench.peer.actor('dot');
  const target = await resolveAccount(bench.server.backbone, dot.uri);
  if (!target.ok) throw new Error(target.error.code);
  await followAccount(bench.server.backbone, bob.account, target.value);
  const request = await bench.server.backbone.store.followRequest(bob.account.id, target.value.id);
  const early = bench.peer.note(dot);
  expect(await bench.apply(dot, bench.peer.activity('Create', dot, early))).toBe('applied');
  const home = async () => (await homeTimeline(bench.server.backbone, rowReader(bench.server.backbone), bob.account.id, { limit: 20, maxId: null, sinceId: null, minId: null })).map(({ status }) => status.uri);
  expect(await home()).not.toContain(early.id);
  const ours = followUri(bench.server.backbone.settings.baseUrl, bob.account.id, request?.id ?? bob.account.id);
  expect(await bench.apply(dot, bench.peer.activity('Accept', dot, ours))).toBe('applied');
  await bench.server.backbone.feeds.renew(bob.account.id);
  expect(await home()).toContain(early.id);
});

describe('Block and Flag', () => {
  test('a block ends both follows and lets nothing through until it is undone', async () => {
    const foe = bench.other.actor('foe');
    await bench.follows(alice, foe);
    await bench.apply(foe, bench.other.activity('Follow', foe, alice.account.uri));
    const block = bench.other.activity('Block', foe, alice.account.uri);
    expect(await bench.apply(foe, block)).toBe('applied');
    const account = await bench.account(foe.uri);
    if (account === undefined) throw new Error('foe is unknown');
    expect(await ties(foe, alice)).toBeNull();
    expect(await bench.server.backbone.store.follow(alice.account.id, account.id)).toBeNull();
    expect(await bench.apply(foe, bench.other.activity('Follow', foe, alice.account.uri))).toBe('ignored: blocked');
    expect(await bench.apply(foe, bench.other.activity('Undo', foe, block))).toBe('applied');
    expect(await bench.apply(foe, bench.other.activity('Follow', foe, alice.account.uri))).toBe('applied');
  });

  test('a report names the account and its posts, and nobody else’s', async () => {
    const [mine, theirs] = [await bench.publish(bob), await bench.publish(alice)];
    const flag = bench.other.activity('Flag', eve, [bob.account.uri, mine.uri, theirs.uri], { content: 'spam' });
    expect(await bench.apply(eve, flag)).toBe('applied');
    const [row] = await bench.rows(flag.id);
    const [report] = row === undefined ? [] : await bench.server.backbone.reports.byIds([row.id]);
    expect(report).toMatchObject({ targetAccountId: bob.account.id, statusIds: [mine.id], comment: 'spam' });
    expect(await bench.events('report.created.v1')).toBe(1);
    expect(await bench.apply(eve, bench.other.activity('Flag', eve, 'https://nowhere.example/1'))).toBe('ignored: unknown_target');
  });
});

test('a profile changes by its owner alone, and an actor ends itself', async () => {
  const zoe = bench.peer.actor('zoe');
  await bench.apply(zoe, bench.peer.activity('Follow', zoe, alice.account.uri));
  const renamed = { ...zoe.document, name: 'Zoë' };
  // Of a neighbour's profile its own address is asked, whatever they say.
  expect(await bench.apply(ned, bench.peer.activity('Update', ned, renamed))).toBe('applied');
  expect((await bench.account(zoe.uri))?.displayName).toBe('');
  expect(await bench.apply(zoe, bench.peer.activity('Update', zoe, renamed))).toBe('applied');
  expect((await bench.account(zoe.uri))?.displayName).toBe('Zoë');

  expect(await bench.apply(ned, bench.peer.activity('Delete', ned, zoe.uri))).toBe('applied');
  expect((await bench.account(zoe.uri))?.deletedAt).toBeNull();
  expect(await bench.apply(zoe, bench.peer.activity('Delete', zoe, zoe.uri))).toBe('applied');
  expect((await bench.account(zoe.uri))?.deletedAt).not.toBeNull();
  expect(await ties(zoe, alice)).toBeNull();
  expect(await bench.apply(zoe, bench.peer.activity('Follow', zoe, alice.account.uri))).toBe('ignored: actor_gone');
});

test('an actor whose server is away is asked again later', async () => {
  const shy = bench.other.actor('shy');
  const follow = bench.other.activity('Follow', shy, alice.account.uri);
  // The key is known from before; then the profile cannot be read.
  await bench.send(shy, bench.other.activity('Bite', shy, alice.account.uri));
  bench.other.documents.set('/users/shy', 500);
  expect(await bench.apply(shy, follow)).toMatch(/^stored: actor_unreachable/);
});
