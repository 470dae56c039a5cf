import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Accept, Create, Delete, InteractionPolicy, InteractionRule, Note, PUBLIC_COLLECTION, QuoteAuthorization, QuoteRequest, Reject, Update } from '@fedify/vocab';
import { until } from '../src/index.js';
import { FedifyStage } from './fedify-stage.js';

jest.setTimeout(90_000);

interface StatusJson {
  readonly id: string;
  readonly uri: string;
  readonly quote: { readonly state: string; readonly quoted_status: { readonly uri: string } | null } | null;
  readonly quotes_count: number;
}

let stage: FedifyStage;
beforeAll(async () => {
  stage = await FedifyStage.start();
  await stage.aliceFollows(stage.peer.uri);
  await stage.fredFollows();
});
afterAll(() => stage.stop());

const post = (status: string, more: Readonly<Record<string, unknown>> = {}): Promise<StatusJson> => stage.alice.api.post<StatusJson>('/api/v1/statuses', { status, ...more });
const shown = (uri: URL | string | null): Promise<StatusJson | undefined> => stage.status<StatusJson>(uri ?? '');

describe('fred quotes alice', () => {
  const asking = (name: string, quoted: StatusJson): { note: Note; request: QuoteRequest } => {
    const note = stage.peer.note(name, 'look at this', { quote: new URL(quoted.uri) });
    return { note, request: new QuoteRequest({ id: stage.id('requests'), actor: stage.peer.uri, object: new URL(quoted.uri), instrument: note, to: stage.aliceUri }) };
  };
  const answerTo = async <T extends Accept | Reject>(kind: abstract new (...values: never[]) => T, request: QuoteRequest): Promise<T> =>
    until('the answer', () => stage.peer.of(kind).find(({ objectId }) => objectId?.href === request.id?.href));

  test('asks, is let in, reads the stamp, shows it; and is told when she takes it back', async () => {
    const { peer, alice } = stage;
    const mine = await post('quote me');
    const { note, request } = asking('quoting', mine);
    await stage.send(request);
    const accept = await answerTo(Accept, request);
    expect(accept.actorId?.href).toBe(alice.account.uri);
    const stamp = accept.resultId === null ? null : await peer.read(accept.resultId);
    if (!(stamp instanceof QuoteAuthorization)) throw new Error('Fedify reads no stamp');
    expect([stamp.attributionId?.href, stamp.interactingObjectId?.href, stamp.interactionTargetId?.href]).toEqual([alice.account.uri, note.id?.href, mine.uri]);
    const stamped = peer.note('quoting', 'look at this', { quote: new URL(mine.uri), quoteAuthorization: accept.resultId });
    await stage.publish(stamped);
    expect(await shown(note.id)).toMatchObject({ quote: { state: 'accepted', quoted_status: { uri: mine.uri, quotes_count: 1 } } });

    await alice.api.post(`/api/v1/statuses/${mine.id}/quotes/${(await shown(note.id))?.id}/revoke`);
    const end = await until('its end', () => peer.of(Delete).find(({ objectId }) => objectId?.href === accept.resultId?.href));
    expect(end.actorId?.href).toBe(alice.account.uri);
    expect(await peer.read(accept.resultId ?? '').catch(() => null)).toBeNull();
  });

  test('is refused where nobody may', async () => {
    const { note, request } = asking('refused', await post('not me', { quote_approval_policy: 'nobody' }));
    await stage.send(request);
    await answerTo(Reject, request);
    await stage.publish(note);
    expect((await shown(note.id))?.quote?.state).not.toBe('accepted');
  });

  test('reads who may quote', async () => {
    const policyOf = async (policy: string): Promise<(string | undefined)[] | undefined> => {
      const read = await stage.peer.read((await post(policy, { quote_approval_policy: policy })).uri);
      return read instanceof Note ? read.interactionPolicy?.canQuote?.automaticApprovals.map(({ href }) => href) : undefined;
    };
    expect(await policyOf('public')).toEqual([PUBLIC_COLLECTION.href]);
    expect(await policyOf('followers')).toEqual([`${stage.alice.account.uri}/followers`]);
    expect(await policyOf('nobody')).toEqual([stage.alice.account.uri]);
  });
});

describe('alice quotes fred', () => {
  const open = (): InteractionPolicy => new InteractionPolicy({ canQuote: new InteractionRule({ automaticApproval: PUBLIC_COLLECTION }) });
  async function quoting(name: string): Promise<{ mine: StatusJson; theirs: Note; request: QuoteRequest }> {
    const theirs = stage.peer.note(name, 'words', { interactionPolicy: open() });
    await stage.publish(theirs);
    const mine = await post('I quote', { quoted_status_id: (await shown(theirs.id))?.id });
    const request = await until('a QuoteRequest', () => stage.peer.of(QuoteRequest).find(({ objectId }) => objectId?.href === theirs.id?.href));
    return { mine, theirs, request };
  }
  const stateOf = async ({ id }: StatusJson): Promise<string | undefined> => (await stage.alice.api.get<StatusJson>(`/api/v1/statuses/${id}`)).quote?.state;

  test('asks, waits, shows it once he agrees, and tells everybody of the stamp', async () => {
    const { peer } = stage;
    const { mine, theirs, request } = await quoting('quoted');
    expect((await request.getInstrument())?.id?.href).toBe(mine.uri);
    expect(await stateOf(mine)).toBe('pending');
    const stampId = peer.stampUri('1');
    peer.stamps.set('1', new QuoteAuthorization({ id: stampId, attribution: peer.uri, interactingObject: new URL(mine.uri), interactionTarget: theirs.id }));
    await stage.send(new Accept({ id: stage.id('accepts'), actor: peer.uri, object: request, result: stampId, to: stage.aliceUri }));
    expect(await stateOf(mine)).toBe('accepted');
    const update = await until('our Update', async () => {
      for (const one of peer.of(Update)) {
        const object = await one.getObject();
        if (object instanceof Note && object.id?.href === mine.uri) return object;
      }
      return null;
    });
    expect([update.quoteId?.href, update.quoteUrl?.href, update.quoteAuthorizationId?.href]).toEqual([theirs.id?.href, theirs.id?.href, stampId.href]);

    peer.stamps.delete('1');
    await stage.send(new Delete({ id: stage.id('deletes'), actor: peer.uri, object: stampId, to: stage.aliceUri }));
    expect(await stateOf(mine)).toBe('revoked');
  });

  test('is refused', async () => {
    const { mine, request } = await quoting('no');
    await stage.send(new Reject({ id: stage.id('rejects'), actor: stage.peer.uri, object: request, to: stage.aliceUri }));
    expect(await stateOf(mine)).toBe('rejected');
    expect(stage.peer.of(Create).length).toBeGreaterThan(0);
  });
});
