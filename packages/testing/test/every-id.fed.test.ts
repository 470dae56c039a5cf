import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import type { JsonObject, ScriptedPerson } from '../src/index.js';
import type { ReceivedPost } from '../src/scripted-remote/posts.js';
import { HostileStage } from './hostile-stage.js';

jest.setTimeout(180_000);

const PUBLIC = 'https://www.w3.org/ns/activitystreams#Public';

interface StatusEntity {
  readonly id: string;
  readonly uri: string;
}

/** Everything that we send goes to `vic`, whose server reads each id of ours in it, signed, as soon as it comes. */
let stage: HostileStage;
let vic: ScriptedPerson;
const walked = new Set<ReceivedPost>();
const types = new Set<string>();
const faults: string[] = [];
let links = 0;
beforeAll(async () => {
  stage = await HostileStage.start();
  ({ vic } = stage);
});
afterAll(() => stage.stop());

const isOurs = (value: unknown): value is string => typeof value === 'string' && new RegExp(`^${stage.server.url.replace(/127\.0\.0\.1|localhost/, '[^/:]+')}/(?:ap/|actor)`).test(value);
/** Each id and link of ours, and where it stands. */
function* linksIn(value: unknown, path: string): Generator<{ url: string; path: string }> {
  if (isOurs(value)) yield { url: value, path };
  if (Array.isArray(value)) for (const entry of value) yield* linksIn(entry, path);
  else if (typeof value === 'object' && value !== null) for (const [key, entry] of Object.entries(value)) if (key !== '@context' && key !== 'content' && key !== 'contentMap') yield* linksIn(entry, `${path}.${key}`);
}

const read = async (url: string): Promise<{ status: number; json: JsonObject }> => {
  const { status, body } = await stage.victim.fetchDocument(url);
  return { status, json: status === 200 || status === 410 ? (JSON.parse(body) as JsonObject) : {} };
};

/** What an activity ends need not be there any more; that it ended is still to be read at its own id, or at what stands in its place. */
async function walk(post: ReceivedPost): Promise<void> {
  walked.add(post);
  const type = post.type ?? '';
  types.add(type === 'Accept' || type === 'Reject' || type === 'Undo' || type === 'Delete' ? `${type}(${String((post.activity?.['object'] as JsonObject | undefined)?.['type'] ?? 'IRI')})` : type);
  const ends = ['Undo', 'Delete', 'Remove'].includes(type);
  for (const { url, path } of linksIn(post.activity, '')) {
    links += 1;
    const { status, json } = await read(url);
    const place = url.replace(/#.*$/, '');
    const stands = status === 200 && json['id'] === place;
    const isTombstone = status === 410 && json['type'] === 'Tombstone' && json['id'] === place;
    const isEnded = ends && path !== '.actor' && (isTombstone || (path.startsWith('.object') && (status === 404 || status === 410)));
    if (!stands && !isEnded) faults.push(`${type}${path} ${url.slice(url.indexOf('/', 8))}: ${status} ${String(json['id'])}`);
  }
}

/** The next one of a type that nobody walked yet. */
async function comes(type: string, isIt: (activity: JsonObject) => boolean = () => true): Promise<JsonObject> {
  const post = await stage.victim.untilPost(`a ${type}`, (one) => !walked.has(one) && one.type === type && one.activity !== null && isIt(one.activity));
  await walk(post);
  return post.activity as JsonObject;
}
const objectOf = (activity: JsonObject): JsonObject => activity['object'] as JsonObject;
const typed = (type: string) => (activity: JsonObject): boolean => objectOf(activity)['type'] === type;

const api = (method: string, path: string, body?: JsonObject) => stage.alice.api.ask<StatusEntity>(method, `/api/v1/${path}`, body);
async function post(text: string, more: JsonObject = {}): Promise<StatusEntity> {
  const { body, status } = await api('POST', 'statuses', { status: text, ...more });
  if (status !== 200) throw new Error(`${text} was answered ${status}`);
  return body;
}
/** A note of vic's, as it stands here. */
async function noted(text: string, more: JsonObject = {}): Promise<{ id: string; uri: string }> {
  const note = vic.note(text, more);
  await stage.mustApply(vic, vic.create(note));
  return { id: String((await stage.status(note.id))?.id), uri: note.id };
}

test('every id that we send can be read by whom it was sent to, signed, while it stands', async () => {
  const me = stage.alice.account.uri;
  // Ties.
  const target = await stage.meet(vic);
  await api('POST', `accounts/${target.id}/follow`);
  const follow = await comes('Follow');
  await stage.mustApply(vic, vic.activity('Accept', follow));
  await stage.mustApply(vic, vic.activity('Follow', me));
  await comes('Accept');

  // Posts of every audience.
  const open = await post('hello');
  await comes('Create');
  await api('PUT', `statuses/${open.id}`, { status: 'hello again' });
  await comes('Update');
  const closed = await post('for followers', { visibility: 'private' });
  await comes('Create');
  await post(`@${vic.handle} psst`, { visibility: 'direct' });
  await comes('Create');
  await api('POST', 'statuses', { status: 'which?', poll: { options: ['a', 'b'], expires_in: 3_600 } });
  await comes('Create');
  await api('POST', `statuses/${open.id}/pin`);
  await comes('Add');
  await api('POST', `statuses/${open.id}/unpin`);
  await comes('Remove');

  // What is done to posts of vic's, open and not.
  const [theirs, hidden] = [await noted('like me'), await noted('among us', { to: [vic.followers], cc: [] })];
  for (const { id } of [theirs, hidden]) {
    await api('POST', `statuses/${id}/favourite`);
    await comes('Like');
    await api('POST', `statuses/${id}/unfavourite`);
    await comes('Undo', typed('Like'));
  }
  await post('an answer', { in_reply_to_id: hidden.id, visibility: 'private' });
  await comes('Create');
  await post('an open answer', { in_reply_to_id: theirs.id });
  await comes('Create');
  await api('POST', `statuses/${theirs.id}/reblog`);
  await comes('Announce');
  await api('POST', `statuses/${theirs.id}/unreblog`);
  await comes('Undo', typed('Announce'));
  const question = vic.note('which?', { type: 'Question', oneOf: ['tea', 'rum'].map((name) => ({ type: 'Note', name, replies: { type: 'Collection', totalItems: 0 } })), endTime: new Date(Date.now() + 3_600_000).toISOString() });
  await stage.mustApply(vic, vic.create(question));
  const poll = await stage.alice.api.get<{ poll: { id: string } }>(`/api/v1/statuses/${(await stage.status(question.id))?.id}`);
  await api('POST', `polls/${poll.poll.id}/votes`, { choices: [0] });
  await comes('Create', (activity) => objectOf(activity)['name'] === 'tea');

  // Quotes, both ways.
  const quotable = await noted('quote me', { interactionPolicy: { canQuote: { automaticApproval: [PUBLIC] } } });
  const quote = await post('I quote', { quoted_status_id: quotable.id });
  await comes('Create');
  const asked = await comes('QuoteRequest');
  await stage.mustApply(vic, vic.activity('Accept', asked, { result: `${vic.id}/stamps/1` }));
  await comes('Update', (activity) => objectOf(activity)['id'] === quote.uri);
  const quoting = vic.note('look', { quote: open.uri });
  await stage.mustApply(vic, vic.activity('QuoteRequest', open.uri, { instrument: quoting }));
  await comes('Accept', typed('QuoteRequest'));
  await api('POST', `statuses/${open.id}/quotes/${(await stage.status(quoting.id))?.id}/revoke`);
  await comes('Delete', typed('QuoteAuthorization'));

  // Leave, both ways.
  const like = vic.activity('Like', open.uri, { to: me });
  await stage.mustApply(vic, vic.activity('LikeRequest', open.uri, { to: me, instrument: like }));
  await comes('Accept', typed('LikeRequest'));
  const answer = vic.note('may I?', { inReplyTo: closed.uri, to: [me], cc: [] });
  await stage.mustApply(vic, vic.activity('ReplyRequest', closed.uri, { to: me, instrument: answer }));
  await comes('Accept', typed('ReplyRequest'));
  await stage.apply(vic, vic.activity('AnnounceRequest', closed.uri, { to: me, instrument: vic.activity('Announce', closed.uri, { to: vic.followers }) }));
  await comes('Reject', typed('AnnounceRequest'));
  const byHand = { automaticApproval: [], manualApproval: [PUBLIC] };
  const strict = await noted('ask me', { interactionPolicy: { canLike: byHand, canReply: byHand, canAnnounce: byHand } });
  await api('POST', `statuses/${strict.id}/favourite`);
  await comes('LikeRequest');
  await api('POST', `statuses/${strict.id}/reblog`);
  const boost = await comes('AnnounceRequest');
  await stage.mustApply(vic, vic.activity('Accept', boost, { result: `${vic.id}/stamps/2` }));
  await comes('Announce');
  await post('may I?', { in_reply_to_id: strict.id, visibility: 'private' });
  const reply = await comes('ReplyRequest');
  await stage.mustApply(vic, vic.activity('Accept', reply, { result: `${vic.id}/stamps/3` }));

  // People and the server.
  await api('PATCH', 'accounts/update_credentials', { display_name: 'Alice A.' });
  await comes('Update', typed('Person'));
  await api('POST', 'reports', { account_id: target.id, status_ids: [theirs.id], comment: 'spam', forward: true });
  await comes('Flag');
  await api('POST', `accounts/${target.id}/block`);
  await comes('Block');
  await api('POST', `accounts/${target.id}/unblock`);
  await comes('Undo', typed('Block'));

  // Ends.
  await stage.mustApply(vic, vic.activity('Follow', me));
  await api('POST', `accounts/${target.id}/follow`);
  await comes('Follow');
  await api('POST', `accounts/${target.id}/unfollow`);
  await comes('Undo', typed('Follow'));
  await api('DELETE', `statuses/${open.id}`);
  await comes('Delete', typed('Tombstone'));

  expect(faults).toEqual([]);
  expect(links).toBeGreaterThan(200);
  expect([...types].sort()).toEqual([
    'Accept(Follow)', 'Accept(LikeRequest)', 'Accept(QuoteRequest)', 'Accept(ReplyRequest)', 'Add', 'Announce', 'AnnounceRequest', 'Block', 'Create', 'Delete(QuoteAuthorization)', 'Delete(Tombstone)', 'Flag',
    'Follow', 'Like', 'LikeRequest', 'QuoteRequest', 'Reject(AnnounceRequest)', 'Remove', 'ReplyRequest', 'Undo(Announce)', 'Undo(Block)', 'Undo(Follow)', 'Undo(Like)', 'Update',
  ]);
});
