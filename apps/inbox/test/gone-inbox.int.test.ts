import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { DeliveryPlans } from '@trunkline/persistence';
import { LookAfterGoneAdapter } from '../src/look-after-gone/look-after-gone.adapter.js';
import { InboxBench } from './inbox-bench.js';
import type { PeerActor } from './scripted-peer.js';

let bench: InboxBench;
beforeAll(async () => {
  bench = await InboxBench.start();
}, 60_000);
afterAll(async () => bench?.stop());

/** A delivery to this actor's inbox that was answered 410. */
async function answeredGone({ uri }: PeerActor): Promise<void> {
  const { deliveries, db, ids, clock } = bench.server.backbone;
  const plans = new DeliveryPlans(ids, clock);
  const inbox = `${uri}/inbox`;
  const delivery = { activityId: `${uri}#1`, senderAccountId: '1' as never, body: '{}', trace: null, inboxes: [inbox] };
  await db.transaction(async (tx) => plans.write(tx, await plans.begin(tx, []), { deliveries: [delivery] }));
  const [chunk] = await deliveries.claimChunks(1, 60);
  if (chunk === undefined) throw new Error('no chunk');
  await deliveries.settleChunks([{ id: chunk.id, waiting: [], failures: [{ inbox, host: bench.peer.host, status: 410, reason: 'gone', notBefore: null }] }], 60);
}

const look = (): Promise<number> => bench.server.service.app.get(LookAfterGoneAdapter).look();

test('an inbox that answers 410 ends whose it is when their id answers 410 too, and nobody else', async () => {
  const ann = await bench.server.person('ann');
  const [gone, moved] = [bench.peer.actor('gone'), bench.peer.actor('moved')];
  await bench.follows(ann, gone);
  await bench.follows(ann, moved);
  bench.peer.documents.set('/users/gone', 410);
  await answeredGone(gone);
  await answeredGone(moved);
  expect(await look()).toBe(1);
  expect((await bench.account(gone.uri))?.deletedAt).not.toBeNull();
  expect((await bench.account(moved.uri))?.deletedAt).toBeNull();
  expect(await look()).toBe(0);
});
