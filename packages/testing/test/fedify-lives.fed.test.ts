import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { Delete, Follow, Move, Person, PUBLIC_COLLECTION } from '@fedify/vocab';
import { AccountDeletedV1 } from '@trunkline/contracts';
import { until } from '../src/index.js';
import { FedifyStage } from './fedify-stage.js';

jest.setTimeout(90_000);

let stage: FedifyStage;
afterEach(() => stage.stop());

describe('moves', () => {
  test('fred becomes greta: who followed him here asks her, and his profile names her', async () => {
    stage = await FedifyStage.start();
    const { peer } = stage;
    const fredId = await stage.aliceFollows(peer.uri);
    const greta = await peer.introduce('greta', { name: 'Greta', alias: peer.uri });
    await peer.introduce('fred', { name: 'Fred of Fedify', successor: greta });
    await stage.send(new Move({ id: stage.id('moves'), actor: peer.uri, object: peer.uri, target: greta, to: PUBLIC_COLLECTION }));
    const asked = await until('our Follow of greta', () => peer.of(Follow).find(({ objectId }) => objectId?.href === greta.href));
    expect(asked.actorId?.href).toBe(stage.alice.account.uri);
    expect(await stage.alice.api.get(`/api/v1/accounts/${fredId}`)).toMatchObject({ moved: { uri: greta.href } });
    expect(await stage.relationship((await stage.account(greta)).id)).toMatchObject({ requested: true });
  });

  test('a Move to somebody who does not know of it changes nothing', async () => {
    stage = await FedifyStage.start();
    const { peer } = stage;
    const fredId = await stage.aliceFollows(peer.uri);
    const greta = await peer.introduce('greta', { name: 'Greta' });
    await stage.send(new Move({ id: stage.id('moves'), actor: peer.uri, object: peer.uri, target: greta, to: PUBLIC_COLLECTION }));
    expect(await stage.relationship(fredId)).toMatchObject({ following: true });
    expect(peer.of(Follow).filter(({ objectId }) => objectId?.href === greta.href)).toEqual([]);
  });

  test('alice becomes zoe: fred is told, and reads both profiles as they name each other', async () => {
    stage = await FedifyStage.start();
    const { peer, alice } = stage;
    const zoe = await stage.server.person('zoe');
    await stage.fredFollows();
    await zoe.api.post('/api/v1/profile/aliases', { account: 'alice' });
    await alice.api.post('/api/v1/profile/move', { account: 'zoe', password: alice.password });
    const move = await until('the Move', () => peer.of(Move)[0]);
    expect([move.actorId?.href, move.objectId?.href, move.targetId?.href]).toEqual([alice.account.uri, alice.account.uri, zoe.account.uri]);
    const [old, next] = [await peer.read(stage.aliceUri), await peer.read(new URL(zoe.account.uri))];
    if (!(old instanceof Person) || !(next instanceof Person)) throw new Error('Fedify reads no people');
    expect(old.successorId?.href).toBe(zoe.account.uri);
    const aliases = [];
    for await (const alias of next.getAliases()) aliases.push(alias.id?.href);
    expect(aliases).toEqual([alice.account.uri]);
  });
});

describe('accounts that end', () => {
  test('fred leaves: his posts and he are gone here', async () => {
    stage = await FedifyStage.start();
    const { peer } = stage;
    const fredId = await stage.aliceFollows(peer.uri);
    const note = peer.note('last', 'farewell');
    await stage.publish(note);
    const status = await stage.status(note.id ?? '');
    expect(status).toBeDefined();
    peer.end('fred');
    await stage.send(new Delete({ id: stage.id('deletes'), actor: peer.uri, object: peer.uri, to: PUBLIC_COLLECTION }));
    expect((await stage.alice.api.ask('GET', `/api/v1/statuses/${status?.id}`)).status).toBe(404);
    expect((await stage.alice.api.ask('GET', `/api/v1/accounts/${fredId}`)).status).not.toBe(200);
    expect(await stage.alice.api.get(`/api/v1/accounts/${stage.alice.account.id}/following`)).toEqual([]);
  });

  test('alice leaves: fred is told with her key, and where she was is nothing', async () => {
    stage = await FedifyStage.start();
    const { peer, alice, server } = stage;
    await stage.fredFollows();
    await server.backbone.store.transaction(async (tx) => {
      await tx.deleteAccount(alice.account.id);
      await tx.appendEvent(AccountDeletedV1, { accountId: alice.account.id, local: true });
    });
    const deletion = await until('the Delete', () => peer.of(Delete)[0]);
    expect([deletion.actorId?.href, deletion.objectId?.href]).toEqual([alice.account.uri, alice.account.uri]);
    expect(peer.knocks.at(-1)).toEqual({ scheme: 'cavage', status: 202 });
    expect(await peer.read(stage.aliceUri)).not.toBeInstanceOf(Person);
  });
});

test('new keys at the old addresses are read once, and the old ones count for nothing', async () => {
  stage = await FedifyStage.start();
  const { peer } = stage;
  await stage.fredFollows();
  await peer.rotate();
  const note = peer.note('rekeyed', 'still me');
  await stage.publish(note);
  expect(await stage.status(note.id ?? '')).toMatchObject({ content: '<p>still me</p>' });
});
