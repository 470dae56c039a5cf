import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { until, type JsonObject, type ReceivedPost, type Tamper, type TestPerson } from '../src/index.js';
import { HostileStage } from './hostile-stage.js';

jest.setTimeout(120_000);

let stage: HostileStage;
let cara: TestPerson;
let dora: TestPerson;
beforeAll(async () => {
  stage = await HostileStage.start();
  [cara, dora] = [await stage.server.person('cara'), await stage.server.person('dora')];
  for (const person of [stage.alice, stage.bob]) await stage.follow(person, stage.vic);
});
afterAll(() => stage.stop());

/** FEP-8fcf, written anew: the hashes of all ids, combined bit by bit. */
function digestOf(uris: readonly string[]): string {
  const sum = Buffer.alloc(32);
  for (const uri of uris) createHash('sha256').update(uri).digest().forEach((byte, at) => (sum[at] = (sum[at] ?? 0) ^ byte));
  return sum.toString('hex');
}
const headerOf = (collectionId: string, url: string, digest: string): string => `collectionId="${collectionId}", digest="${digest}", url="${url}"`;
const partOf = (uris: readonly string[], path = '/part'): string => {
  const id = stage.victim.baseUrl + path;
  stage.victim.documents.set(id, { '@context': 'https://www.w3.org/ns/activitystreams', id, type: 'OrderedCollection', orderedItems: uris });
  return id;
};
let turn = 0;
/** A followers-only post of vic's server, with the header. */
async function tell(header: string, how: Tamper = { extra: { 'collection-synchronization': header } }): Promise<void> {
  turn += 1;
  const note = stage.vic.note(`for followers ${turn}`, { to: [stage.vic.followers], cc: [] });
  const { status } = await stage.victim.sendActivity(stage.inbox, stage.vic.create(note), how);
  expect(status).toBe(202);
  await until('the post', () => stage.status(note.id));
}
const followers = async (): Promise<string[]> => {
  const rows = await stage.server.backbone.db.query<{ username: string }>(
    'SELECT a.username FROM social.follows f JOIN social.accounts a ON a.id = f.account_id JOIN social.accounts t ON t.id = f.target_account_id WHERE t.uri = $1 ORDER BY 1',
    [stage.vic.id],
  );
  return rows.map((row) => row.username);
};
const readings = () => stage.server.backbone.db.query<{ state: string }>(`SELECT state FROM federation.readings WHERE kind = 'followers'`);
const compared = (): Promise<unknown> => until('the comparison to end', async () => (await readings()).some(({ state }) => state === 'done'));
const rested = () => stage.server.backbone.db.query(`DELETE FROM federation.readings WHERE kind = 'followers'`);
const undoOf = (person: TestPerson): Promise<ReceivedPost> =>
  stage.victim.untilPost(`an Undo by ${person.handle}`, ({ type, activity }) => type === 'Undo' && activity?.['actor'] === person.account.uri && (activity['object'] as JsonObject)['type'] === 'Follow');

describe('what we are told', () => {
  const uris = (...people: readonly TestPerson[]): string[] => people.map(({ account }) => account.uri);

  test('that agrees with what we know costs no request', async () => {
    const from = stage.victim.gets.length;
    const part = partOf(uris(stage.alice, stage.bob));
    await tell(headerOf(stage.vic.followers, part, digestOf(uris(stage.bob, stage.alice))));
    expect([stage.victim.gets.slice(from), await readings()]).toEqual([[], []]);
  });

  // Each of these would end both follows, or ask somebody who has no say in it.
  test('S028 of another’s followers, at an address elsewhere or inside, or by a list that is not the one announced, changes nothing', async () => {
    const nobody = digestOf([]);
    const part = partOf([]);
    const evil = `${stage.evil.baseUrl}/part`;
    for (const header of [
      headerOf(stage.vic.followers, evil, nobody),
      headerOf(stage.vic.followers, 'http://127.0.0.1/part', nobody),
      headerOf(stage.vic.followers, 'file:///etc/passwd', nobody),
      headerOf(stage.eve.followers, `${stage.evil.baseUrl}/part`, nobody),
      headerOf(`${stage.victim.baseUrl}/users/other/followers`, part, nobody),
      `${headerOf(stage.vic.followers, part, nobody)}, url="${evil}"`,
      'x'.repeat(9_000),
    ]) {
      await tell(header);
    }
    // Somebody else’s signature: eve speaks of vic’s followers.
    const note = stage.eve.note('hello', { to: [stage.bob.account.uri], cc: [] });
    await stage.evil.sendActivity(stage.inbox, stage.eve.create(note), { extra: { 'collection-synchronization': headerOf(stage.vic.followers, part, nobody) } });
    await until('the post', () => stage.status(note.id));
    // Added by whoever saw the request on its way.
    const added = headerOf(stage.vic.followers, part, nobody);
    await tell(added, { headers: { 'Collection-Synchronization': added } });
    await tell(added, { scheme: 'rfc9421', headers: { 'Collection-Synchronization': added } });
    expect(await readings()).toEqual([]);
    expect(stage.evil.gets).not.toContain('/part');

    await tell(headerOf(stage.vic.followers, partOf(uris(stage.alice)), digestOf(uris(stage.alice, cara))));
    await compared();
    expect(await followers()).toEqual(['alice', 'bob']);
    await rested();
    // Ids that are not ours have no place in the list, whatever its digest.
    const foreign = [...uris(stage.alice), stage.eve.id];
    await tell(headerOf(stage.vic.followers, partOf(foreign, '/foreign'), digestOf(foreign)));
    await compared();
    expect(await followers()).toEqual(['alice', 'bob']);
    await rested();
  });

  test('ends a follow that they do not know, lets in who waited, and takes back one that we do not know', async () => {
    const target = await stage.account(stage.vic.id);
    await cara.api.post(`/api/v1/accounts/${target?.id}/follow`);
    await stage.victim.untilPost('the Follow of cara', ({ type, activity }) => type === 'Follow' && activity?.['actor'] === cara.account.uri);
    const listed = uris(stage.alice, cara, dora);
    const header = headerOf(stage.vic.followers, partOf(listed, '/listed'), digestOf(listed));
    await tell(header, { scheme: 'rfc9421', extra: { 'collection-synchronization': header } });
    await compared();
    expect(await followers()).toEqual(['alice', 'cara']);
    expect((await undoOf(stage.bob)).signature).toBe('valid');
    expect(await undoOf(dora)).toMatchObject({ signature: 'valid', activity: { object: { object: stage.vic.id } } });
    expect(stage.victim.gets.filter((path) => path === '/listed')).toHaveLength(1);
  });
});

describe('what we tell', () => {
  test('goes with followers-only posts alone: a digest for each server of its own people, and a list that only they may read', async () => {
    for (const person of [stage.vic, stage.eve]) await stage.mustApply(person, person.activity('Follow', stage.alice.account.uri));
    const post = (visibility: string): Promise<{ uri: string }> => stage.alice.api.post('/api/v1/statuses', { status: `hello ${visibility}`, visibility });
    const [open, closed] = [await post('public'), await post('private')];
    const arrived = (remote: HostileStage['evil'], uri: string): Promise<ReceivedPost> => remote.untilPost(uri, ({ activity }) => (activity?.['object'] as JsonObject | undefined)?.['id'] === uri);
    expect((await arrived(stage.victim, open.uri)).headers['collection-synchronization']).toBeUndefined();
    const header = String((await arrived(stage.victim, closed.uri)).headers['collection-synchronization']);
    const url = `${stage.alice.account.uri}/followers_synchronization`;
    expect(header).toBe(`collectionId="${stage.alice.account.uri}/followers", url="${url}", digest="${digestOf([stage.vic.id])}"`);
    expect((await arrived(stage.evil, closed.uri)).headers['collection-synchronization']).toContain(digestOf([stage.eve.id]));

    const signed = await stage.victim.fetchDocument(url);
    expect([signed.status, signed.headers['cache-control'], JSON.parse(signed.body)]).toEqual([200, 'private, no-store', expect.objectContaining({ type: 'OrderedCollection', orderedItems: [stage.vic.id] })]);
    const unsigned = await fetch(url, { headers: { accept: 'application/activity+json' } });
    expect([unsigned.status, await unsigned.text()]).toEqual([401, expect.not.stringContaining(stage.vic.id)]);
  });
});
