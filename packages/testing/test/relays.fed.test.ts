import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { RelayChangedV1 } from '@trunkline/contracts';
import type { Snowflake } from '@trunkline/kernel';
import { RelayStore } from '@trunkline/persistence';
import { HostileStage } from './hostile-stage.js';

jest.setTimeout(90_000);

interface StatusJson {
  readonly uri: string;
  readonly reblog: unknown;
  readonly reblogs_count: number;
}

/** One remote is the relay (Eve's), the other is where its other subscribers write (Vic's); nobody here follows either. */
let stage: HostileStage;
beforeAll(async () => {
  stage = await HostileStage.start();
});
afterAll(() => stage?.stop());

const uris = async (path: string): Promise<string[]> => (await stage.alice.api.get<StatusJson[]>(path)).map((status) => status.uri);

test('a relay brings public posts to the federated timeline alone, gets ours, and nothing any more when it is left', async () => {
  const { db, ids, store } = stage.server.backbone;
  const relays = new RelayStore(db);
  const inbox = `${stage.evil.baseUrl}/inbox`;
  const tell = (relayId: Snowflake) => store.transaction((tx) => tx.appendEvent(RelayChangedV1, { relayId, followUri: null }));
  const relay = await relays.ask({ id: ids.next(), followId: ids.next(), inbox, style: 'mastodon', actorUri: null });
  await tell(relay.id);
  const follow = await stage.evil.untilPost('our Follow', (post) => post.type === 'Follow' && post.signature === 'valid');

  const early = stage.vic.note('before the relay accepts');
  expect(await stage.apply(stage.eve, stage.eve.activity('Announce', early['id']))).toBe('ignored: not_relevant');
  await stage.mustApply(stage.eve, stage.eve.activity('Accept', follow.activity));
  expect((await relays.byId(relay.id))?.state).toBe('enabled');
  await new Promise((resolve) => setTimeout(resolve, 1_100));

  const [announced, forwarded] = [stage.vic.note('announced'), stage.vic.note('forwarded')];
  await stage.mustApply(stage.eve, stage.eve.activity('Announce', announced['id']));
  // Raw, as the relay got it: the author's activity under the relay's signature.
  const create = stage.vic.activity('Create', { ...forwarded, content: 'what the relay made of it' });
  expect((await stage.evil.sendActivity(stage.inbox, create, { as: stage.eve })).status).toBe(202);
  expect(await stage.endOf(create['id'])).toBe('applied');
  await stage.server.settled();
  expect(await uris('/api/v1/timelines/public')).toEqual(expect.arrayContaining([announced['id'], forwarded['id']]));
  expect(await uris('/api/v1/timelines/home')).toEqual([]);
  expect(await stage.count('social.statuses', 'boost_of_id IS NOT NULL')).toBe(0);
  expect((await stage.status(String(forwarded['id'])))?.content).toContain('forwarded');
  expect(await stage.alice.api.get('/api/v1/notifications')).toEqual([]);

  const open = await stage.alice.api.post<StatusJson>('/api/v1/statuses', { status: 'for everybody' });
  const quiet = await stage.alice.api.post<StatusJson>('/api/v1/statuses', { status: 'for few', visibility: 'unlisted' });
  expect(await stage.evil.untilPost('our post', (post) => post.activityId === `${open.uri}/activity`)).toMatchObject({ type: 'Create', signature: 'valid' });
  await relays.settle(relay.id, { state: 'ended' });
  await tell(relay.id);
  await stage.evil.untilPost('our leaving', (post) => post.type === 'Undo' && post.signature === 'valid');
  // Each process looks at the list of relays once a second.
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  const late = await stage.alice.api.post<StatusJson>('/api/v1/statuses', { status: 'afterwards' });
  await stage.server.settled();
  for (const post of [quiet, late]) expect(stage.evil.posts.some(({ body }) => body.includes(post.uri))).toBe(false);
  const last = stage.vic.note('too late');
  expect(await stage.apply(stage.eve, stage.eve.activity('Announce', last['id']))).toBe('ignored: not_relevant');
});
