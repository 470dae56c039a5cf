import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { actorUris, instanceActorUris, PUBLIC_URI, relayFollowUri } from '@trunkline/activitypub';
import { AccountUpdatedV1, RelayChangedV1, ReportCreatedV1 } from '@trunkline/contracts';
import type { Account, Status, Visibility } from '@trunkline/domain';
import { RelayStore } from '@trunkline/persistence';
import { changeAliases, deleteStatus, followAccount, pinStatus, publishStatus, recordMove, resolveStatus, unpinStatus, type Relay } from '@trunkline/social';
import { ScriptedRemote, startTestServer, type ReceivedPost, type TestPerson, type TestServer } from '@trunkline/testing';
import { delivered, get, outboxService, resolved } from './outbox-server.js';

let remote: ScriptedRemote;
let other: ScriptedRemote;
let server: TestServer;
let rem: Account;
let oth: Account;
let ours: string;
beforeAll(async () => {
  [remote, other] = [await ScriptedRemote.start(), await ScriptedRemote.start({ name: 'oth' })];
  server = await startTestServer({ service: outboxService(), peers: [remote.host, other.host] });
  [rem, oth] = [await resolved(server, remote.person), await resolved(server, other.person)];
  ours = instanceActorUris(server.backbone.settings.baseUrl).id;
}, 60_000);
afterAll(() => Promise.all([server, remote, other].map((one) => one.stop())));

async function post(author: TestPerson, text: string, visibility: Visibility = 'public', inReplyToId: Status['id'] | null = null): Promise<Status> {
  const draft = { text, visibility, inReplyToId, spoilerText: '', sensitive: false, language: null, application: null, idempotencyKey: null };
  const made = await publishStatus(server.backbone, author.account, draft);
  if (!made.ok) throw new Error(made.error.code);
  return made.value;
}
const arrived = (id: string, at = remote): Promise<ReceivedPost> => at.untilPost(id, (one) => one.activityId === id && one.signature === 'valid');
const followed = (person: TestPerson, by: Account) => followAccount(server.backbone, by, person.account, { uri: `${by.uri}#follow-${person.account.id}` });

test('pins: what everybody may read is told with an id, stands in the collection, and is taken off', async () => {
  const pat = await server.person('pat');
  await followed(pat, rem);
  const [first, second, hidden] = [await post(pat, 'first'), await post(pat, 'second'), await post(pat, 'hidden', 'private')];
  for (const status of [first, second, hidden]) expect((await pinStatus(server.backbone, pat.account, status)).ok).toBe(true);
  const { featured, id } = actorUris(server.backbone.settings.baseUrl, pat.account.id);
  const pinId = await server.backbone.store.pinId(pat.account.id, second.id);
  expect(await arrived(`${id}#pins/${pinId}`)).toMatchObject({ type: 'Add', activity: { actor: id, object: second.uri, target: featured } });
  expect((await get(server, featured)).body).toMatchObject({ type: 'OrderedCollection', totalItems: 2, orderedItems: [second.uri, first.uri] });
  await unpinStatus(server.backbone, pat.account.id, second.id);
  expect(await arrived(`${id}#pins/${pinId}/undo`)).toMatchObject({ type: 'Remove', activity: { object: second.uri, target: featured } });
  await delivered(server);
  expect(remote.posts.some((one) => JSON.stringify(one.activity).includes(hidden.uri) && one.type === 'Add')).toBe(false);
  // A pinned post that is deleted is pinned no more.
  await deleteStatus(server.backbone, first);
  expect((await get(server, featured)).body).toMatchObject({ totalItems: 0 });
});

test('a move is told to followers, and the profile points there', async () => {
  const moe = await server.person('moe');
  await followed(moe, rem);
  await changeAliases(server.backbone, moe.account, { add: 'https://elsewhere.example/moe' });
  expect((await recordMove(server.backbone, moe.account, oth)).ok).toBe(true);
  const move = await remote.untilPost('the Move', (one) => one.type === 'Move');
  expect(move).toMatchObject({ signature: 'valid', activity: { actor: moe.account.uri, object: moe.account.uri, target: oth.uri, to: [`${moe.account.uri}/followers`] } });
  const update = await remote.untilPost('the profile', (one) => one.type === 'Update' && JSON.stringify(one.activity).includes(oth.uri));
  expect(update.activity).toMatchObject({ object: { movedTo: oth.uri, alsoKnownAs: ['https://elsewhere.example/moe'] } });
  expect((await get(server, moe.account.uri)).body).toMatchObject({ movedTo: oth.uri });
});

test('a suspension and its end reach every server known, with a profile that says so', async () => {
  const sue = await server.person('sue');
  const tell = (suspendedAt: Date | null) =>
    server.backbone.store.transaction(async (tx) => {
      await tx.updateAccount(sue.account.id, { suspendedAt, displayName: 'Sue' });
      await tx.appendEvent(AccountUpdatedV1, { accountId: sue.account.id, local: true, decided: true });
    });
  const updates = (at: ScriptedRemote) => at.posts.filter((one) => one.type === 'Update' && one.activity?.['actor'] === sue.account.uri).map((one) => one.activity?.['object']);
  await tell(new Date());
  for (const at of [remote, other]) await at.untilPost('the suspension', () => updates(at).length === 1);
  expect(updates(remote)[0]).toMatchObject({ suspended: true, name: '' });
  await tell(null);
  for (const at of [remote, other]) await at.untilPost('its end', () => updates(at).length === 2);
  expect(updates(remote)[1]).toMatchObject({ name: 'Sue' });
  expect(updates(remote)[1]).not.toHaveProperty('suspended');
});

test("a report goes to the account's server when its writer wants it, in the server's name; to answered people's only when told", async () => {
  const ray = await server.person('ray');
  const note = other.person.note('what do you think?');
  const asked = await resolveStatus(server.backbone, String(note['id']));
  const answer = remote.person.note('rude', { inReplyTo: note['id'] });
  const rude = await resolveStatus(server.backbone, String(answer['id']));
  if (!asked.ok || !rude.ok) throw new Error('not here');
  const { ids, reports, store } = server.backbone;
  const report = async (more: { forwarded: boolean; forwardToDomains?: readonly string[] }): Promise<string> => {
    const id = ids.next();
    await reports.insert({ id, accountId: ray.account.id, targetAccountId: rem.id, statusIds: [rude.value.id], ruleIds: [], comment: 'please look', category: 'spam', ...more });
    await store.transaction((tx) => tx.appendEvent(ReportCreatedV1, { reportId: id }));
    return `${ours}#flags/${id}`;
  };
  const quiet = await report({ forwarded: false });
  const told = await report({ forwarded: true });
  const flag = await arrived(told);
  expect(flag).toMatchObject({ type: 'Flag', activity: { actor: ours, object: [rem.uri, rude.value.uri], content: 'please look' } });
  expect(flag.body).not.toContain('ray');
  const both = await report({ forwarded: true, forwardToDomains: [remote.host, other.host, 'unrelated.example'] });
  await Promise.all([arrived(both), arrived(both, other)]);
  const elsewhere = await report({ forwarded: true, forwardToDomains: [other.host] });
  await arrived(elsewhere, other);
  await delivered(server);
  expect([remote, other].map((at) => at.posts.filter((one) => one.type === 'Flag').map((one) => one.activityId))).toEqual([[told, both], [both, elsewhere]]);
  expect(remote.posts.some((one) => one.activityId === quiet)).toBe(false);
});

/** After it every copy knows which relays there are. */
const aSecond = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1_100));

test('relays: asked, let in when they follow back, given public posts alone in the way of their style, left', async () => {
  const relays = new RelayStore(server.backbone.db);
  const { ids, store, settings } = server.backbone;
  const change = (relay: Relay, followUri: string | null = null) => store.transaction((tx) => tx.appendEvent(RelayChangedV1, { relayId: relay.id, followUri }));
  const masto = await relays.ask({ id: ids.next(), followId: ids.next(), inbox: `${remote.baseUrl}/relay/inbox`, style: 'mastodon', actorUri: null });
  const lite = await relays.ask({ id: ids.next(), followId: ids.next(), inbox: `${other.baseUrl}/relay/inbox`, style: 'litepub', actorUri: `${other.baseUrl}/relay` });
  for (const relay of [masto, lite]) await change(relay);
  const follow = relayFollowUri(settings.baseUrl, masto.followId);
  expect(await arrived(follow)).toMatchObject({ type: 'Follow', path: '/relay/inbox', activity: { actor: ours, object: PUBLIC_URI } });
  expect(await arrived(relayFollowUri(settings.baseUrl, lite.followId), other)).toMatchObject({ type: 'Follow', activity: { object: lite.actorUri } });
  await change(lite, `${other.baseUrl}/follows/1`);
  expect(await other.untilPost('our Accept', (one) => one.type === 'Accept')).toMatchObject({ signature: 'valid', activity: { actor: ours, object: { id: `${other.baseUrl}/follows/1`, actor: lite.actorUri, object: ours } } });

  for (const relay of [masto, lite]) await relays.settle(relay.id, { state: 'enabled' });
  await aSecond();
  const rae = await server.person('rae');
  const [open, quiet] = [await post(rae, 'for all'), await post(rae, 'for few', 'unlisted')];
  expect(await arrived(`${open.uri}/activity`)).toMatchObject({ type: 'Create', path: '/relay/inbox' });
  expect(await arrived(`${ours}#announces/${open.id}`, other)).toMatchObject({ type: 'Announce', activity: { actor: ours, object: open.uri, to: [PUBLIC_URI, lite.actorUri] } });
  await deleteStatus(server.backbone, open);
  expect(await arrived(`${open.uri}#delete`)).toMatchObject({ path: '/relay/inbox' });
  await delivered(server);
  expect([...remote.posts, ...other.posts].some((one) => one.body.includes(quiet.uri))).toBe(false);

  await relays.settle(masto.id, { state: 'ended' });
  await aSecond();
  await change(masto);
  expect(await arrived(`${follow}/undo`)).toMatchObject({ type: 'Undo', activity: { object: { id: follow, object: PUBLIC_URI } } });
  const later = await post(rae, 'afterwards');
  await arrived(`${ours}#announces/${later.id}`, other);
  await delivered(server);
  expect(remote.posts.some((one) => one.body.includes(later.uri))).toBe(false);
});
