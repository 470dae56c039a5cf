import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { instanceActorUris, PUBLIC_URI, relayFollowUri } from '@trunkline/activitypub';
import { RelayStore } from '@trunkline/persistence';
import type { Relay } from '@trunkline/social';
import { until, type TestPerson } from '@trunkline/testing';
import { InboxBench } from './inbox-bench.js';
import type { PeerActor } from './scripted-peer.js';

let bench: InboxBench;
let alice: TestPerson;
let relays: RelayStore;
/** On `other`: the relay. On `peer`: whoever writes, unknown here. */
let relayActor: PeerActor;
let amy: PeerActor;

beforeAll(async () => {
  bench = await InboxBench.start();
  relays = new RelayStore(bench.server.backbone.db);
  alice = await bench.server.person('alice');
  [relayActor, amy] = [bench.other.actor('relay'), bench.peer.actor('amy')];
}, 60_000);
afterAll(async () => bench?.stop());

const ask = async (relay: Partial<Relay> = {}): Promise<Relay> => {
  const { ids } = bench.server.backbone;
  return relays.ask({ id: ids.next(), followId: ids.next(), inbox: `${bench.other.url}/inbox`, style: 'mastodon', actorUri: null, ...relay });
};
const ours = (): string => instanceActorUris(bench.server.backbone.settings.baseUrl).id;
const followOf = (relay: Relay) => ({ id: relayFollowUri(bench.server.backbone.settings.baseUrl, relay.followId), type: 'Follow', actor: ours(), object: PUBLIC_URI });
const stateOf = async (relay: Relay): Promise<string | undefined> => (await relays.byId(relay.id))?.state;
const accept = (object: unknown, as = relayActor) => (as === relayActor ? bench.other : bench.peer).activity('Accept', as, object);
const enable = async (): Promise<Relay> => {
  const relay = await ask();
  expect(await bench.apply(relayActor, accept(followOf(relay)))).toBe('applied');
  // The door looks once a second.
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  return relay;
};

describe('asking', () => {
  test('an Accept enables it once, by the id or with the Follow whole; a Reject ends it', async () => {
    const relay = await ask();
    expect(await bench.apply(relayActor, accept(followOf(relay).id))).toBe('applied');
    expect(await relays.byId(relay.id)).toMatchObject({ state: 'enabled', actorUri: relayActor.uri });
    expect(await bench.apply(relayActor, bench.other.activity('Reject', relayActor, followOf(relay)))).toBe('applied');
    expect(await stateOf(relay)).toBe('refused');
    // Sent again, it opens nothing.
    expect(await bench.apply(relayActor, accept(followOf(relay).id))).toBe('ignored: nothing_waits');
    expect(await stateOf(relay)).toBe('refused');
    const again = await ask();
    expect(await bench.apply(relayActor, accept({ type: 'Follow', actor: ours(), object: PUBLIC_URI }))).toBe('applied');
    expect(await stateOf(again)).toBe('enabled');
  });

  test('nobody else accepts or refuses for it', async () => {
    const relay = await ask();
    expect(await bench.apply(amy, accept(followOf(relay).id, amy))).toMatch(/^ignored: unknown/);
    expect(await bench.apply(amy, accept(followOf(relay), amy))).toMatch(/^ignored: unknown/);
    expect(await stateOf(relay)).toBe('asked');
    const litepub = await ask({ inbox: `${bench.other.url}/litepub/inbox`, style: 'litepub', actorUri: relayActor.uri });
    const neighbour = bench.other.actor('neighbour');
    expect(await bench.apply(neighbour, bench.other.activity('Accept', neighbour, { ...followOf(litepub), object: neighbour.uri }))).toMatch(/^ignored: unknown/);
    expect(await bench.apply(neighbour, bench.other.activity('Reject', neighbour, followOf(litepub).id))).toMatch(/^ignored: unknown/);
    expect(await stateOf(litepub)).toBe('asked');
  });

  test('one that follows back is let in; others do not follow the server', async () => {
    const relay = await ask({ inbox: `${bench.other.url}/litepub/inbox`, style: 'litepub', actorUri: relayActor.uri });
    const before = await bench.events('relay.changed.v1');
    expect(await bench.apply(relayActor, bench.other.activity('Follow', relayActor, ours()))).toBe('applied');
    expect(await bench.events('relay.changed.v1')).toBe(before + 1);
    expect(await bench.apply(amy, bench.peer.activity('Follow', amy, ours()))).toBe('ignored: unknown_target');
    await relays.settle(relay.id, { state: 'ended' });
  });
});

describe('what it brings', () => {
  test('is read at its author, boosts nothing and tells nobody; without the relay it is dropped', async () => {
    const relay = await enable();
    const note = bench.peer.note(amy);
    expect(await bench.apply(relayActor, bench.other.activity('Announce', relayActor, note.id))).toBe('applied');
    expect(await bench.status(note.id)).toMatchObject({ visibility: 'public', boostsCount: 0 });
    const [row] = await bench.server.backbone.db.query<{ n: number }>('SELECT count(*)::int AS n FROM social.statuses WHERE boost_of_id IS NOT NULL');
    expect(row?.n).toBe(0);
    // Nobody here follows Amy: only public places show it.
    expect(await bench.server.backbone.store.publicStatusIds({ page: { limit: 5, maxId: null, sinceId: null, minId: null }, scope: 'remote', onlyMedia: false })).toEqual([(await bench.status(note.id))?.id]);

    const neighbour = bench.other.actor('booster');
    const other = bench.peer.note(amy);
    expect(await bench.apply(neighbour, bench.other.activity('Announce', neighbour, other.id))).toBe('ignored: not_relevant');
    expect(await bench.status(other.id)).toBeUndefined();
    expect(await bench.apply(relayActor, bench.other.activity('Announce', relayActor, (await bench.publish(alice)).uri))).toBe('ignored: local_uri');
    await relays.settle(relay.id, { state: 'ended' });
  });

  test('S193 what a suspended server wrote does not come by a relay', async () => {
    const relay = await enable();
    const { moderation, policy } = bench.server.backbone;
    const rule = await moderation.setDomainRule(null, { domain: bench.peer.host, severity: 'suspend', rejectMedia: false, rejectReports: false, privateComment: null, publicComment: null, obfuscate: false });
    await policy.refresh();
    const [announced, forwarded] = [bench.peer.note(amy), bench.peer.note(amy)];
    expect(await bench.apply(relayActor, bench.other.activity('Announce', relayActor, announced.id))).toMatch(/^ignored: object_blocked_domain/);
    expect((await bench.send(relayActor, bench.peer.activity('Create', amy, forwarded))).status).toBe(403);
    expect([await bench.status(announced.id), await bench.status(forwarded.id)]).toEqual([undefined, undefined]);
    await moderation.deleteDomainRule(null, rule.id);
    await policy.refresh();
    await relays.settle(relay.id, { state: 'ended' });
  });

  test('forwarded as it came, with or without a signature in it: the author’s server alone says what it says', async () => {
    const relay = await enable();
    const note = bench.peer.note(amy);
    const create = bench.peer.activity('Create', amy, { ...note, content: '<p>forged by the relay</p>' });
    expect((await bench.send(relayActor, create)).status).toBe(202);
    await until('the post', async () => (await bench.status(note.id)) ?? null);
    expect((await bench.status(note.id))?.content).toBe('<p>hello</p>');

    const hidden = bench.peer.note(amy, { to: [`${amy.uri}/followers`], cc: [] });
    const private_ = bench.peer.activity('Create', amy, hidden, { signature: { type: 'RsaSignature2017' } });
    expect((await bench.send(relayActor, private_)).status).toBe(202);
    await until('the other to be judged', async () => (await bench.rows(private_.id)).find((row) => row.state !== 'stored') ?? null);
    expect(await bench.status(hidden.id)).toBeUndefined();

    // A Delete is believed when the post is gone where it was.
    const gone = bench.peer.activity('Delete', amy, note.id);
    expect((await bench.send(relayActor, gone)).status).toBe(202);
    await until('the Delete to be judged', async () => (await bench.rows(gone.id)).find((row) => row.state !== 'stored') ?? null);
    expect((await bench.status(note.id))?.deletedAt).toBeNull();
    bench.peer.documents.set(new URL(note.id).pathname, 410);
    const again = bench.peer.activity('Delete', amy, note.id);
    expect((await bench.send(relayActor, again)).status).toBe(202);
    await until('the post to be gone', async () => ((await bench.status(note.id))?.deletedAt === null ? null : true));

    await relays.settle(relay.id, { state: 'ended' });
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    expect((await bench.send(relayActor, bench.peer.activity('Create', amy, bench.peer.note(amy)))).status).toBe(401);
  });
});
