import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { until, type JsonObject, type ScriptedPerson } from '../src/index.js';
import { HostileStage } from './hostile-stage.js';

jest.setTimeout(90_000);

const CONTEXT = 'https://www.w3.org/ns/activitystreams';
let stage: HostileStage;
let eve: ScriptedPerson;
let vic: ScriptedPerson;
/** Lives on vic's host. */
let nancy: ScriptedPerson;
beforeAll(async () => {
  stage = await HostileStage.start();
  ({ eve, vic } = stage);
  nancy = stage.victim.addPerson('nancy');
  for (const person of [eve, vic, nancy]) await stage.follow(stage.alice, person);
});
afterAll(() => stage.stop());

const publish = async (by: ScriptedPerson, note: JsonObject): Promise<void> => expect(await stage.apply(by, by.create(note))).toBe('applied');
const quoteOf = async (uri: string) => (await stage.status(uri))?.quote;
let made = 0;

/** A stamp at an id of `by`, whatever it says. */
function stamp(by: ScriptedPerson, json: JsonObject): string {
  const id = `${by.id}/quote_authorizations/${(made += 1)}`;
  stage.remoteOf(by).documents.set(id, { '@context': CONTEXT, id, type: 'QuoteAuthorization', attributedTo: by.id, ...json });
  return id;
}

describe('stamps that do not hold', () => {
  test.each<[string, (quote: string, quoted: string) => string]>([
    ['of another host', (quote, quoted) => stamp(eve, { interactingObject: quote, interactionTarget: quoted })],
    ['of another host in the author’s name', (quote, quoted) => stamp(eve, { attributedTo: vic.id, interactingObject: quote, interactionTarget: quoted })],
    ['of a neighbour on the author’s host', (quote, quoted) => stamp(nancy, { interactingObject: quote, interactionTarget: quoted })],
    ['for another quote', (_, quoted) => stamp(vic, { interactingObject: `${eve.id}/notes/other`, interactionTarget: quoted })],
    ['for another post', (quote) => stamp(vic, { interactingObject: quote, interactionTarget: `${vic.id}/notes/other` })],
    ['for a like', (quote, quoted) => stamp(vic, { type: 'LikeAuthorization', interactingObject: quote, interactionTarget: quoted })],
    ['that is a Note', (quote, quoted) => stamp(vic, { type: 'Note', interactingObject: quote, interactionTarget: quoted })],
    ['that is not there', () => `${vic.id}/quote_authorizations/none`],
    ['with another id', (quote, quoted) => stamp(vic, { id: `${vic.id}/quote_authorizations/x`, interactingObject: quote, interactionTarget: quoted })],
  ])('%s', async (_, forge) => {
    const quoted = vic.note('mine');
    const note = eve.note('look');
    await publish(eve, { ...note, quote: quoted.id, quoteAuthorization: forge(note.id, quoted.id) });
    await until('a verdict', async () => (await quoteOf(note.id))?.state === 'unauthorized');
    expect((await stage.status(quoted.id))?.quotesCount).toBe(0);
    const shown = await stage.alice.api.get<{ quote: JsonObject }>(`/api/v1/statuses/${(await stage.status(note.id))?.id}`);
    expect(shown.quote).toEqual({ state: 'unauthorized', quoted_status: null });
  });

  test('nobody but the quoted author agrees, refuses or takes back', async () => {
    const note = vic.note('quote me', { interactionPolicy: { canQuote: { automaticApproval: [`${CONTEXT}#Public`] } } });
    await publish(vic, note);
    const mine = await stage.alice.api.post<{ uri: string }>('/api/v1/statuses', { status: 'look', quoted_status_id: (await stage.status(note.id))?.id });
    const { activity } = await stage.victim.untilPost('a QuoteRequest', ({ type }) => type === 'QuoteRequest');
    const asked = activity as JsonObject;
    for (const by of [eve, nancy]) {
      for (const object of [asked, asked['id']]) {
        expect(await stage.apply(by, by.activity('Accept', object, { result: stamp(by, { interactingObject: mine.uri, interactionTarget: note.id }) }))).toMatch(/^ignored/);
        expect(await stage.apply(by, by.activity('Reject', object))).toMatch(/^ignored/);
      }
    }
    expect((await quoteOf(mine.uri))?.state).toBe('pending');
    // A stamp elsewhere is nobody's word, whoever names it.
    expect(await stage.apply(vic, vic.activity('Accept', asked, { result: stamp(eve, { interactingObject: mine.uri, interactionTarget: note.id }) }))).toMatch(/^ignored/);
    expect((await quoteOf(mine.uri))?.state).toBe('pending');
    const good = stamp(vic, { interactingObject: mine.uri, interactionTarget: note.id });
    expect(await stage.apply(vic, vic.activity('Accept', asked, { result: good }))).toBe('applied');
    for (const object of [good, { id: good, type: 'QuoteAuthorization' }]) await stage.apply(nancy, nancy.activity('Delete', object));
    expect(await quoteOf(mine.uri)).toMatchObject({ state: 'accepted', stampUri: good });
  });
});

test('S046 the end of a stamp that somebody passes on counts only when it is gone at its own server', async () => {
  const quoted = vic.note('mine');
  const note = eve.note('look');
  const uri = stamp(vic, { interactingObject: note.id, interactionTarget: quoted.id });
  await publish(eve, { ...note, quote: quoted.id, quoteAuthorization: uri });
  await until('a verdict', async () => (await quoteOf(note.id))?.state === 'accepted');
  const end = (): JsonObject => ({ ...vic.activity('Delete', { id: uri, type: 'QuoteAuthorization' }), signature: { type: 'RsaSignature2017', creator: vic.keyId, signatureValue: 'AAAA' } });
  expect(await stage.apply(eve, end())).toBe('ignored: stamp_stands');
  expect((await quoteOf(note.id))?.state).toBe('accepted');
  stage.victim.documents.delete(uri);
  expect(await stage.apply(eve, end())).toBe('applied');
  expect((await quoteOf(note.id))?.state).toBe('revoked');
});

test('S030 a boost is not quoted: its policy would be nobody’s', async () => {
  const closed = await stage.alice.api.post<{ id: string; uri: string }>('/api/v1/statuses', { status: 'nobody quotes me', quote_approval_policy: 'nobody' });
  const boost = await stage.bob.api.post<{ id: string; uri: string }>(`/api/v1/statuses/${closed.id}/reblog`);
  const posts = await stage.count('social.statuses');
  for (const id of [boost.id, closed.id]) {
    expect((await stage.bob.api.ask('POST', '/api/v1/statuses', { status: 'x', quoted_status_id: id })).status).toBe(422);
  }
  expect(await stage.count('social.statuses')).toBe(posts);
  const boosted = (await stage.server.backbone.store.statusesByIds([boost.id as never]))[0];
  for (const uri of [boosted?.uri ?? '', closed.uri]) {
    const note = eve.note('look', { quote: uri });
    const request = eve.activity('QuoteRequest', uri, { instrument: note });
    expect(await stage.apply(eve, request)).toBe('ignored: quote_refused');
    expect(await stage.status(note.id)).toBeUndefined();
  }
  // Also where the boost was made elsewhere.
  const announce = vic.activity('Announce', closed.uri, { to: [`${CONTEXT}#Public`] });
  expect(await stage.apply(vic, announce)).toBe('applied');
  const note = eve.note('look', { quote: announce.id });
  await publish(eve, note);
  await until('a verdict', async () => (await quoteOf(note.id))?.state === 'rejected');
  expect(await stage.count('social.quotes', `state = 'accepted' AND quoted_status_id IN (SELECT id FROM social.statuses WHERE boost_of_id IS NOT NULL OR uri = $1)`, [closed.uri])).toBe(0);
  await stage.server.settled();
  expect((await stage.status(closed.uri))?.quotesCount).toBe(0);
  expect(await stage.count('social.quotes q JOIN social.statuses s ON s.id = q.status_id', `s.account_id = $1 AND q.state = 'accepted'`, [stage.bob.account.id])).toBe(0);
  // Neither asked nor told of it.
  expect(await stage.count('timeline.notifications', `account_id = $1 AND type IN ('quote', 'quoted_update')`, [stage.alice.account.id])).toBe(0);
});

test('S096 a chain of quotes without an end costs one fetch', async () => {
  const path = `/users/${vic.name}/endless/`;
  stage.victim.generate = (target) => {
    const at = target.startsWith(path) ? Number(target.slice(path.length)) : Number.NaN;
    const next = { quote: `${vic.baseUrl}${path}${at + 1}` };
    return Number.isNaN(at) ? null : { '@context': CONTEXT, id: `${vic.baseUrl}${target}`, type: 'Note', attributedTo: vic.id, content: '<p>x</p>', to: [`${CONTEXT}#Public`], published: new Date().toISOString(), ...next };
  };
  const note = eve.note('the first', { quote: `${vic.baseUrl}${path}0` });
  await publish(eve, note);
  await until('what it quotes', async () => (await quoteOf(note.id))?.quotedId);
  await stage.server.settled();
  expect(stage.victim.gets.filter((target) => target.startsWith(path))).toEqual([`${path}0`]);
  expect(await quoteOf(`${vic.baseUrl}${path}0`)).toMatchObject({ state: 'pending', quotedId: null });
});

test('S136 what not everybody may see is not quoted, and shown within no quote to whom it is not for', async () => {
  await stage.mustApply(eve, eve.activity('Follow', stage.alice.account.uri));
  const secret = await stage.alice.api.post<{ id: string; uri: string }>('/api/v1/statuses', { status: 'among us', visibility: 'private' });
  await stage.bob.api.post(`/api/v1/accounts/${stage.alice.account.id}/follow`);
  expect((await stage.bob.api.ask('POST', '/api/v1/statuses', { status: 'x', quoted_status_id: secret.id })).status).toBe(422);
  const note = eve.note('look', { quote: secret.uri });
  expect(await stage.apply(eve, eve.activity('QuoteRequest', secret.uri, { instrument: note }))).toBe('ignored: quote_refused');
  expect(await stage.apply(vic, vic.activity('QuoteRequest', secret.uri, { instrument: vic.note('look', { quote: secret.uri }) }))).toBe('ignored: not_visible');
  // Its author may, and not wider than it was.
  const own = await stage.alice.api.post<{ id: string; visibility: string }>('/api/v1/statuses', { status: 'as I said', quoted_status_id: secret.id, visibility: 'public' });
  expect(own.visibility).toBe('private');
  // A follower elsewhere of whoever quotes them is none of the quoted author.
  const hidden = vic.note('for followers', { to: [vic.followers], cc: [] });
  await publish(vic, hidden);
  const open = vic.note('quoting myself', { quote: hidden.id });
  await publish(vic, open);
  await until('a verdict', async () => (await quoteOf(open.id))?.state === 'accepted');
  const id = (await stage.status(open.id))?.id;
  const seen = (who: typeof stage.bob) => who.api.get<{ quote: { state: string; quoted_status: JsonObject | null } }>(`/api/v1/statuses/${id}`);
  expect((await seen(stage.alice)).quote).toMatchObject({ state: 'accepted', quoted_status: { uri: hidden.id } });
  expect((await seen(stage.bob)).quote).toEqual({ state: 'unauthorized', quoted_status: null });
  expect(JSON.stringify((await stage.bob.api.get<unknown[]>('/api/v1/timelines/public?limit=40')))).not.toContain('for followers');
});
