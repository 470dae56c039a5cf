import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { JsonObject, ScriptedPerson } from '../src/index.js';
import { HostileStage } from './hostile-stage.js';

jest.setTimeout(90_000);

const PUBLIC = 'https://www.w3.org/ns/activitystreams#Public';
const CONTEXT = ['https://www.w3.org/ns/activitystreams', 'https://gotosocial.org/ns'];

interface StatusEntity {
  readonly id: string;
  readonly uri: string;
  readonly favourites_count: number;
  readonly reblogs_count: number;
  readonly replies_count: number;
}

/** `eve` and `vic` live on servers like GoToSocial, which ask for leave. */
let stage: HostileStage;
let eve: ScriptedPerson;
let vic: ScriptedPerson;
beforeAll(async () => {
  stage = await HostileStage.start();
  ({ eve, vic } = stage);
  for (const person of [eve, vic]) await stage.follow(stage.alice, person);
});
afterAll(() => stage.stop());

const post = (text: string, more: JsonObject = {}): Promise<StatusEntity> => stage.alice.api.post<StatusEntity>('/api/v1/statuses', { status: text, ...more });
const seen = ({ id }: StatusEntity): Promise<StatusEntity> => stage.alice.api.get<StatusEntity>(`/api/v1/statuses/${id}`);
const objectOf = (activity: JsonObject | null): JsonObject => (activity?.['object'] ?? {}) as JsonObject;
const answerTo = async (by: ScriptedPerson, id: string): Promise<JsonObject> =>
  (await stage.remoteOf(by).untilPost(`an answer to ${id}`, ({ activity }) => objectOf(activity)['id'] === id)).activity as JsonObject;
const readAs = async (by: ScriptedPerson, url: string): Promise<{ status: number; json: JsonObject }> => {
  const { status, body } = await stage.remoteOf(by).fetchDocument(url);
  return { status, json: status === 200 ? (JSON.parse(body) as JsonObject) : {} };
};

type What = 'Like' | 'Reply' | 'Announce';
/** As GoToSocial writes it (internal/federation/federatingdb/interactionrequest.go): single values, the interaction inside. */
const request = (by: ScriptedPerson, what: What, uri: string, instrument: unknown): JsonObject & { readonly id: string } =>
  by.activity(`${what}Request`, uri, { '@context': CONTEXT, to: stage.alice.account.uri, instrument });
const like = (by: ScriptedPerson, uri: string): JsonObject & { readonly id: string } => by.activity('Like', uri, { to: stage.alice.account.uri });
const announce = (by: ScriptedPerson, uri: string): JsonObject & { readonly id: string } => by.activity('Announce', uri, { to: by.followers, cc: stage.alice.account.uri });
const reply = (by: ScriptedPerson, uri: string, more: JsonObject = {}): JsonObject & { readonly id: string } => by.note('an answer', { inReplyTo: uri, to: PUBLIC, cc: by.followers, ...more });
const MAKERS = { Like: like, Announce: announce, Reply: reply } as const;
const COUNTS = { Like: 'favourites_count', Announce: 'reblogs_count', Reply: 'replies_count' } as const;
/** The interaction by itself. */
const plain = (by: ScriptedPerson, what: What, instrument: JsonObject): JsonObject => (what === 'Reply' ? by.create(instrument) : instrument);
const undo = (by: ScriptedPerson, what: What, { id }: { readonly id: string }): JsonObject => (what === 'Reply' ? by.activity('Delete', id) : by.activity('Undo', id));

describe.each<What>(['Like', 'Reply', 'Announce'])('%sRequest', (what) => {
  const make = MAKERS[what];
  const count = COUNTS[what];

  test('is accepted with a consent that can be looked up; the same by itself, before or after, is once; Undo ends both', async () => {
    const mine = await post('ask me');
    const instrument = make(eve, mine.uri);
    const asked = request(eve, what, mine.uri, instrument);
    expect(await stage.apply(eve, asked)).toBe('applied');
    const accept = await answerTo(eve, asked.id);
    expect(accept).toMatchObject({ type: 'Accept', actor: stage.alice.account.uri, to: [eve.id], object: { id: asked.id, type: `${what}Request`, actor: eve.id, object: mine.uri, instrument: instrument.id } });
    const stampUri = String(accept['result']);
    const stamp = { id: stampUri, type: `${what}Authorization`, attributedTo: stage.alice.account.uri, interactingObject: instrument.id, interactionTarget: mine.uri };
    expect((await readAs(vic, stampUri)).json).toMatchObject(stamp);
    expect((await seen(mine))[count]).toBe(1);

    expect(await stage.apply(eve, plain(eve, what, instrument))).toBe('applied');
    const again = request(eve, what, mine.uri, instrument);
    expect(await stage.apply(eve, again)).toBe('applied');
    expect((await answerTo(eve, again.id))['result']).toBe(stampUri);
    expect((await seen(mine))[count]).toBe(1);

    expect(await stage.apply(eve, undo(eve, what, instrument))).toBe('applied');
    expect((await seen(mine))[count]).toBe(0);
    expect((await readAs(vic, stampUri)).status).toBe(404);
    // What was taken back does not come again.
    expect(await stage.apply(eve, request(eve, what, mine.uri, instrument))).toMatch(/^ignored: /);
    expect((await seen(mine))[count]).toBe(0);
  });

  test('of somebody who is blocked is refused, and the consent given before is withdrawn; of what they may not see nothing is said', async () => {
    const mine = await post('not you');
    const instrument = make(eve, mine.uri);
    const first = request(eve, what, mine.uri, instrument);
    await stage.mustApply(eve, first);
    const stampUri = String((await answerTo(eve, first.id))['result']);
    const { id } = (await stage.account(eve.id)) ?? { id: '' };
    await stage.alice.api.post(`/api/v1/accounts/${id}/block`);
    expect((await readAs(vic, stampUri)).status).toBe(404);
    const other = await post('nor here');
    const asked = request(eve, what, other.uri, make(eve, other.uri));
    expect(await stage.apply(eve, asked)).toBe('ignored: interaction_refused');
    expect(await answerTo(eve, asked.id)).toMatchObject({ type: 'Reject', actor: stage.alice.account.uri, object: { id: asked.id, type: `${what}Request` } });
    expect((await seen(other))[count]).toBe(0);
    await stage.alice.api.post(`/api/v1/accounts/${id}/unblock`);

    const direct = await post('between us', { visibility: 'direct' });
    expect(await stage.apply(eve, request(eve, what, direct.uri, make(eve, direct.uri)))).toBe('ignored: not_visible');
    expect((await seen(direct))[count]).toBe(0);
  });

  test('is nothing without what it asks for: another post, another’s word, another kind', async () => {
    const [mine, other] = [await post('this one'), await post('that one')];
    const kinds: readonly What[] = ['Like', 'Reply', 'Announce'];
    const wrong = [make(eve, other.uri), { ...make(eve, mine.uri), actor: vic.id, attributedTo: vic.id }, ...kinds.filter((kind) => kind !== what).map((kind) => MAKERS[kind](eve, mine.uri))];
    for (const instrument of wrong) {
      const asked = request(eve, what, mine.uri, instrument);
      expect(await stage.apply(eve, asked)).toMatch(/^ignored: /);
      expect((await answerTo(eve, asked.id))['type']).toBe('Reject');
    }
    for (const foreign of [make(vic, mine.uri), make(vic, mine.uri).id]) expect(await stage.apply(eve, request(eve, what, mine.uri, foreign))).toMatch(/^ignored: foreign_object/);
    expect(await seen(mine)).toMatchObject({ favourites_count: 0, reblogs_count: 0, replies_count: 0 });
  });
});

test('a post for followers is answered by whoever follows, and boosted by nobody else; its consents are for those who may see it', async () => {
  await stage.mustApply(eve, eve.activity('Follow', stage.alice.account.uri));
  const mine = await post('among us', { visibility: 'private' });
  const boost = request(eve, 'Announce', mine.uri, announce(eve, mine.uri));
  expect(await stage.apply(eve, boost)).toBe('ignored: interaction_refused');
  expect((await answerTo(eve, boost.id))['type']).toBe('Reject');
  const asked = request(eve, 'Reply', mine.uri, reply(eve, mine.uri, { to: [stage.alice.account.uri, eve.followers], cc: [] }));
  expect(await stage.apply(eve, asked)).toBe('applied');
  const stampUri = String((await answerTo(eve, asked.id))['result']);
  expect((await readAs(eve, stampUri)).status).toBe(200);
  expect((await readAs(vic, stampUri)).status).toBe(404);
  const { interactionPolicy } = (await readAs(eve, mine.uri)).json;
  const alone = { automaticApproval: [stage.alice.account.uri] };
  expect(interactionPolicy).toEqual({ canAnnounce: { ...alone, always: alone.automaticApproval }, canQuote: alone });
});

test('only the id of a Like, and an Undo of the request, are enough', async () => {
  const mine = await post('briefly');
  const id = like(eve, mine.uri).id;
  const asked = request(eve, 'Like', mine.uri, id);
  expect(await stage.apply(eve, asked)).toBe('applied');
  expect((await seen(mine)).favourites_count).toBe(1);
  expect(await stage.apply(eve, eve.activity('Undo', asked))).toBe('applied');
  expect((await seen(mine)).favourites_count).toBe(0);
});

describe('an Undo that names nothing but an id', () => {
  const undoOf = (id: unknown): JsonObject => eve.activity('Undo', id);
  const reactionsOf = ({ uri }: StatusEntity): Promise<number> => stage.count('social.status_reactions', 'status_id = (SELECT id FROM social.statuses WHERE uri = $1)', [uri]);
  const react = (uri: string): JsonObject & { readonly id: string } => eve.activity('EmojiReact', uri, { content: '🎉' });

  test.each<[string, (uri: string) => JsonObject & { readonly id: string }, keyof StatusEntity]>([
    ['Like', (uri) => like(eve, uri), 'favourites_count'],
    ['Announce', (uri) => announce(eve, uri), 'reblogs_count'],
    ['EmojiReact', react, 'favourites_count'],
  ])('%s: ends it, and keeps it from coming when it overtook it', async (_type, make, count) => {
    const mine = await post('undo me');
    const done = make(mine.uri);
    expect(await stage.apply(eve, done)).toBe('applied');
    expect((await seen(mine))[count]).toBe(1);
    expect(await stage.apply(eve, undoOf(done.id))).toBe('applied');
    expect([(await seen(mine))[count], await reactionsOf(mine)]).toEqual([0, 0]);

    const late = make(mine.uri);
    expect(await stage.apply(eve, undoOf(late.id))).toBe('applied');
    await stage.apply(eve, late);
    expect([(await seen(mine))[count], await reactionsOf(mine)]).toEqual([0, 0]);
    // Nobody ends what another did.
    const other = make(mine.uri);
    expect(await stage.apply(eve, other)).toBe('applied');
    expect(await stage.apply(vic, vic.activity('Undo', other.id))).toMatch(/^ignored/);
    expect((await seen(mine))[count]).toBe(1);
  });

  // Its sender knows it by the last id that it gave.
  test('EmojiReact and Like that were sent again under another id', async () => {
    const mine = await post('again and again');
    for (const make of [react, (uri: string) => like(eve, uri)]) {
      const [first, second] = [make(mine.uri), make(mine.uri)];
      for (const done of [first, second]) expect(await stage.apply(eve, done)).toBe('applied');
      expect((await seen(mine)).favourites_count).toBe(1);
      expect(await stage.apply(eve, undoOf(second.id))).toBe('applied');
      expect([(await seen(mine)).favourites_count, await reactionsOf(mine)]).toEqual([0, 0]);
    }
  });

  test('QuoteRequest: what was agreed to is taken back', async () => {
    const mine = await post('quote me');
    const note = eve.note('look', { quote: mine.uri });
    const asked = eve.activity('QuoteRequest', mine.uri, { instrument: note });
    expect(await stage.apply(eve, asked)).toBe('applied');
    expect(await stage.apply(vic, vic.activity('Undo', asked.id))).toMatch(/^ignored/);
    expect((await stage.status(note.id))?.quote?.state).toBe('accepted');
    expect(await stage.apply(eve, undoOf(asked.id))).toBe('applied');
    expect((await stage.status(note.id))?.quote?.state).toBe('revoked');
  });
});

test('a post says who may, under the names of before and after GoToSocial 0.21', async () => {
  const { json } = await readAs(eve, (await post('open')).uri);
  const open = { automaticApproval: [PUBLIC], always: [PUBLIC] };
  expect(json['interactionPolicy']).toEqual({ canLike: open, canReply: open, canAnnounce: open, canQuote: { automaticApproval: [PUBLIC] } });
});
