import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { startTestServer, until, type JsonObject, type ScriptedPerson, type TestServer } from '../src/index.js';
import { HostileStage } from './hostile-stage.js';

jest.setTimeout(90_000);

const AN_HOUR_AGO = new Date(Date.now() - 3_600_000).toISOString();

interface StatusEntity {
  readonly id: string;
  readonly quote: { readonly state: string; readonly quoted_status: { readonly uri: string } | null } | null;
}

/** `eve` quotes, `vic` is quoted. */
let stage: HostileStage;
let copy: TestServer;
let eve: ScriptedPerson;
let vic: ScriptedPerson;
beforeAll(async () => {
  // What failed is asked for again at once.
  const outside = { limits: { negativeCacheMs: 0 } };
  stage = await HostileStage.start({ outside });
  copy = await startTestServer({ sharing: stage.server, outside });
  ({ eve, vic } = stage);
  for (const person of [eve, vic]) await stage.follow(stage.alice, person);
});
afterAll(async () => {
  await copy.stop();
  await stage.stop();
});

const quoteOf = async (uri: string) => (await stage.status(uri))?.quote;
const shown = async (uri: string): Promise<StatusEntity> => stage.alice.api.get<StatusEntity>(`/api/v1/statuses/${(await stage.status(uri))?.id}`);
const openOnes = (uri: string): Promise<number> => stage.count('social.quotes', 'next_look_at IS NOT NULL AND status_id = (SELECT id FROM social.statuses WHERE uri = $1)', [uri]);
/** As if its turn had come. */
const itsTurn = (uri: string): Promise<unknown> =>
  stage.server.backbone.db.query('UPDATE social.quotes SET next_look_at = now() WHERE next_look_at IS NOT NULL AND status_id = (SELECT id FROM social.statuses WHERE uri = $1)', [uri]);
const lookedAgain = async (uri: string, state: string): Promise<void> => {
  await itsTurn(uri);
  await until(`${uri} to be ${state}`, async () => (await quoteOf(uri))?.state === state, 20_000);
};
const away = (url: string): void => void stage.victim.answers.set(new URL(url).pathname, { kind: 'status', status: 503 });
const back = (url: string): void => void stage.victim.answers.delete(new URL(url).pathname);
const asked = (url: string): number => stage.victim.gets.filter((target) => target === new URL(url).pathname).length;
let made = 0;
function stamp(quoteUri: string, quotedUri: string): string {
  const id = `${vic.id}/quote_authorizations/${(made += 1)}`;
  stage.victim.documents.set(id, { '@context': 'https://www.w3.org/ns/activitystreams', id, type: 'QuoteAuthorization', attributedTo: vic.id, interactingObject: quoteUri, interactionTarget: quotedUri });
  return id;
}
/** Eve's quote of a post of vic's, with a stamp that holds. */
function quoting(extra: JsonObject = {}): { readonly note: JsonObject & { readonly id: string }; readonly quoted: string; readonly stampUri: string } {
  const quoted = vic.note('the words').id;
  const note = eve.note('look', extra);
  const stampUri = stamp(note.id, quoted);
  const whole = { ...note, quote: quoted, quoteAuthorization: stampUri };
  stage.evil.documents.set(note.id, whole);
  return { note: whole, quoted, stampUri };
}

test.each(['the post', 'the stamp'])('a quote shows once %s can be read, whatever was away when it came', async (what) => {
  const { note, quoted, stampUri } = quoting();
  const missing = what === 'the post' ? quoted : stampUri;
  away(missing);
  await stage.mustApply(eve, eve.create(note));
  await until('the first look', () => asked(missing) > 0);
  await stage.server.settled();
  expect(await shown(note.id)).toMatchObject({ quote: { state: 'pending', quoted_status: null } });
  expect(await openOnes(note.id)).toBe(1);
  // Still away: it stays open.
  const before = asked(missing);
  await itsTurn(note.id);
  await until('another look', () => asked(missing) > before, 20_000);
  expect(await openOnes(note.id)).toBe(1);
  back(missing);
  await lookedAgain(note.id, 'accepted');
  // The page that was rendered before is told of it, in every copy.
  await until('clients to see it', async () => (await shown(note.id)).quote?.quoted_status?.uri === quoted);
  expect(await openOnes(note.id)).toBe(0);
});

test('a post that is read because of its thread is looked at as well, without anybody touching it', async () => {
  const root = vic.note('root', { published: AN_HOUR_AGO });
  const { note, quoted } = quoting({ published: AN_HOUR_AGO, inReplyTo: root.id });
  const replies = `${vic.baseUrl}/replies/${made}`;
  stage.victim.documents.set(replies, { '@context': 'https://www.w3.org/ns/activitystreams', id: replies, type: 'Collection', items: [note.id] });
  stage.victim.documents.set(root.id, { ...root, replies });
  const found = await stage.alice.api.get<{ statuses: { id: string }[] }>(`/api/v2/search?resolve=true&type=statuses&q=${encodeURIComponent(root.id)}`);
  await stage.alice.api.get(`/api/v1/statuses/${found.statuses[0]?.id}/context`);
  await until('the answer', async () => (await stage.status(note.id)) !== undefined);
  await lookedAgain(note.id, 'accepted');
  await until('clients to see it', async () => (await shown(note.id)).quote?.quoted_status?.uri === quoted);
});

test('a stamp that an Update brings while its server is away counts later', async () => {
  const { note, stampUri } = quoting();
  const { quoteAuthorization: _, ...unstamped } = note;
  await stage.mustApply(eve, eve.create(unstamped));
  await until('the quoted post', async () => (await quoteOf(note.id))?.quotedId);
  expect(await openOnes(note.id)).toBe(0);
  away(stampUri);
  await stage.mustApply(eve, eve.activity('Update', note));
  await until('the first look', () => asked(stampUri) > 0);
  expect(await openOnes(note.id)).toBe(1);
  back(stampUri);
  await lookedAgain(note.id, 'accepted');
});

test('what is settled is looked at no more: no stamp, a stamp that does not hold, a post that is gone', async () => {
  const plain = quoting();
  const { quoteAuthorization: _, ...unstamped } = plain.note;
  const wrong = quoting();
  const gone = quoting();
  stage.victim.answers.set(new URL(gone.quoted).pathname, { kind: 'status', status: 410 });
  for (const note of [unstamped, { ...wrong.note, quoteAuthorization: plain.stampUri }, gone.note]) await stage.mustApply(eve, eve.create(note));
  await until('all three', async () => (await openOnes(plain.note.id)) + (await openOnes(wrong.note.id)) + (await openOnes(gone.note.id)) === 0);
  expect([(await quoteOf(plain.note.id))?.state, (await quoteOf(wrong.note.id))?.state, (await quoteOf(gone.note.id))?.state]).toEqual(['pending', 'unauthorized', 'deleted']);
});
