import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { until, type JsonObject, type ScriptedPerson } from '../src/index.js';
import type { ReceivedPost } from '../src/scripted-remote/posts.js';
import { HostileStage } from './hostile-stage.js';

jest.setTimeout(90_000);

const PUBLIC = 'https://www.w3.org/ns/activitystreams#Public';

interface StatusEntity {
  readonly id: string;
  readonly uri: string;
  readonly favourited: boolean;
  readonly reblogged: boolean;
  readonly reblog: { readonly uri: string } | null;
}

/** `vic` wants to be asked, on a server like GoToSocial's; `eve` follows alice on another one. */
let stage: HostileStage;
let eve: ScriptedPerson;
let vic: ScriptedPerson;
beforeAll(async () => {
  stage = await HostileStage.start();
  ({ eve, vic } = stage);
  for (const person of [eve, vic]) await stage.follow(stage.alice, person);
  await stage.mustApply(eve, eve.activity('Follow', stage.alice.account.uri));
});
afterAll(() => stage.stop());

type What = 'like' | 'reply' | 'announce';
const NAMES = { like: 'canLike', reply: 'canReply', announce: 'canAnnounce' } as const;
const TYPES = { like: 'Like', reply: 'Create', announce: 'Announce' } as const;
const REQUESTS = { like: 'LikeRequest', reply: 'ReplyRequest', announce: 'AnnounceRequest' } as const;

/** A post of vic's that is here, with this rule for one kind. */
async function policied(what: What, rule: JsonObject, more: JsonObject = {}): Promise<{ id: string; uri: string }> {
  const note = vic.note('ask me', { interactionPolicy: { [NAMES[what]]: rule }, ...more });
  await stage.mustApply(vic, vic.create(note));
  return { id: String((await stage.status(note.id))?.id), uri: note.id };
}
const byHand = { automaticApproval: [] as string[], manualApproval: [PUBLIC] };
const act = (what: What, id: string, who = stage.alice) => {
  if (what === 'like') return who.api.ask<StatusEntity>('POST', `/api/v1/statuses/${id}/favourite`);
  if (what === 'announce') return who.api.ask<StatusEntity>('POST', `/api/v1/statuses/${id}/reblog`);
  return who.api.ask<StatusEntity>('POST', '/api/v1/statuses', { status: `may I? ${id}`, in_reply_to_id: id });
};
/** What stands inside an activity, by the type of whole of it. */
const about = (uri: string) => (post: ReceivedPost): boolean => JSON.stringify(post.activity ?? {}).includes(`"${uri}"`);
const sentTo = (person: ScriptedPerson, type: string, uri: string): ReceivedPost | undefined => stage.remoteOf(person).posts.find((post) => post.type === type && about(uri)(post));
const untilSent = async (person: ScriptedPerson, type: string, uri: string): Promise<JsonObject> =>
  (await stage.remoteOf(person).untilPost(`a ${type} of ${uri}`, (post) => post.type === type && about(uri)(post))).activity as JsonObject;
/** Everything that was planned has been told. */
const quiet = async (): Promise<void> => void (await stage.server.settled());
let stamps = 0;
const stampUri = (): string => `${vic.id}/authorizations/${(stamps += 1)}`;
const instrumentOf = (request: JsonObject): JsonObject => request['instrument'] as JsonObject;
const readAs = async (by: ScriptedPerson, url: string): Promise<{ status: number; json: JsonObject }> => {
  const { status, body } = await stage.remoteOf(by).fetchDocument(url);
  return { status, json: status === 200 ? (JSON.parse(body) as JsonObject) : {} };
};

describe.each<What>(['like', 'reply', 'announce'])('a %s that has to be asked for', (what) => {
  test('asks the author alone, and goes out with the consent once they agree', async () => {
    const target = await policied(what, byHand);
    expect((await act(what, target.id)).status).toBe(200);
    const request = await untilSent(vic, REQUESTS[what], target.uri);
    const instrument = instrumentOf(request);
    expect(request).toMatchObject({ actor: stage.alice.account.uri, object: target.uri, to: [vic.id], instrument: { type: what === 'reply' ? 'Note' : TYPES[what] } });
    // Its id can be read by the server that was asked, and by no other.
    expect((await readAs(vic, String(request['id']))).json).toMatchObject({ id: request['id'], type: REQUESTS[what], object: target.uri });
    expect((await readAs(eve, String(request['id']))).status).toBe(404);
    await quiet();
    for (const person of [eve, vic]) expect(sentTo(person, TYPES[what], target.uri)).toBeUndefined();

    const stamp = stampUri();
    // Nobody but the author agrees, and with no stamp of somebody else's host.
    expect(await stage.apply(eve, eve.activity('Accept', request, { result: `${eve.id}/authorizations/1` }))).toMatch(/^ignored/);
    const accept = vic.activity('Accept', { ...request, instrument: instrument['id'] }, { result: stamp });
    expect(await stage.apply(vic, accept)).toBe('applied');
    expect(await stage.apply(vic, { ...accept, id: `${String(accept['id'])}/again` })).toBe('ignored: nothing_waits');
    if (what === 'like') {
      expect((await readAs(vic, String(instrument['id']))).status).toBe(200);
      return;
    }
    for (const person of [vic, eve]) {
      const sent = await untilSent(person, TYPES[what], target.uri);
      const consented = what === 'reply' ? (sent['object'] as JsonObject) : sent;
      expect(consented).toMatchObject({ id: instrument['id'], [what === 'reply' ? 'replyAuthorization' : 'announceAuthorization']: stamp, approvedBy: stamp });
    }
    expect((await readAs(eve, String(instrument['id']))).json).toMatchObject({ [what === 'reply' ? 'replyAuthorization' : 'announceAuthorization']: stamp });
  });

  test('ends when the author refuses, and nobody else hears of it', async () => {
    const target = await policied(what, byHand);
    const { body } = await act(what, target.id);
    const request = await untilSent(vic, REQUESTS[what], target.uri);
    expect(await stage.apply(eve, eve.activity('Reject', request))).toMatch(/^ignored/);
    expect(await stage.apply(vic, vic.activity('Reject', request['id']))).toBe('applied');
    const now = await stage.alice.api.get<StatusEntity>(`/api/v1/statuses/${target.id}`);
    expect([now.favourited, now.reblogged]).toEqual([false, false]);
    // What somebody wrote is theirs still.
    if (what === 'reply') {
      expect((await stage.alice.api.ask('GET', `/api/v1/statuses/${body.id}`)).status).toBe(200);
      await stage.alice.api.ask('PUT', `/api/v1/statuses/${body.id}`, { status: 'may I, please?' });
      await stage.alice.api.delete(`/api/v1/statuses/${body.id}`);
      await untilSent(vic, 'Delete', body.uri);
    }
    await quiet();
    expect(stage.evil.posts.filter(about(target.uri))).toEqual([]);
    if (what === 'reply') expect(stage.evil.posts.filter(about(body.uri))).toEqual([]);
    else expect(sentTo(vic, 'Undo', target.uri)).toBeUndefined();
  });

  test('is not even tried where the author wants none', async () => {
    const target = await policied(what, { automaticApproval: [vic.id] });
    expect((await act(what, target.id)).status).toBe(what === 'reply' ? 422 : 403);
    expect(await stage.alice.api.get<StatusEntity>(`/api/v1/statuses/${target.id}`)).toMatchObject({ favourited: false, reblogged: false });
  });

  test('goes out as ever where everybody may, and to whom the author said nothing', async () => {
    for (const rule of [{ automaticApproval: [PUBLIC] }, { always: PUBLIC }, {}]) {
      const target = await policied(what, rule);
      expect((await act(what, target.id)).status).toBe(200);
      await untilSent(vic, TYPES[what], target.uri);
    }
  });

  test('a server before GoToSocial 0.20 is asked by the thing itself, and its Accept is the consent', async () => {
    const target = await policied(what, { always: [], approvalRequired: [PUBLIC] });
    expect((await act(what, target.id)).status).toBe(200);
    const sent = await untilSent(vic, TYPES[what], target.uri);
    await quiet();
    expect(stage.evil.posts.filter(about(target.uri))).toEqual([]);
    const uri = what === 'reply' ? (sent['object'] as JsonObject)['id'] : sent['id'];
    const accept = vic.activity('Accept', uri, { target: target.uri });
    expect(await stage.apply(vic, accept)).toBe('applied');
    if (what !== 'like') expect(JSON.stringify(await untilSent(eve, TYPES[what], target.uri))).toContain(`"approvedBy":"${accept.id}"`);
  });
});

test('a consent that is deleted ends what stood by it; only its author can', async () => {
  const target = await policied('announce', byHand);
  await act('announce', target.id);
  const request = await untilSent(vic, 'AnnounceRequest', target.uri);
  const stamp = stampUri();
  await stage.mustApply(vic, vic.activity('Accept', request, { result: stamp }));
  await untilSent(eve, 'Announce', target.uri);
  const end = (by: ScriptedPerson) => by.activity('Delete', { id: stamp, type: 'AnnounceAuthorization' });
  expect(await stage.apply(eve, end(eve))).toMatch(/^ignored/);
  expect((await stage.alice.api.get<StatusEntity>(`/api/v1/statuses/${target.id}`)).reblogged).toBe(true);
  expect(await stage.apply(vic, end(vic))).toBe('applied');
  expect((await stage.alice.api.get<StatusEntity>(`/api/v1/statuses/${target.id}`)).reblogged).toBe(false);
  expect(await stage.apply(vic, end(vic))).toBe('ignored: unknown_stamp');
});

test('followers ask as well, for the consent that others look at; strangers may not', async () => {
  const target = await policied('like', { automaticApproval: [vic.followers] });
  expect((await act('like', target.id)).status).toBe(200);
  await untilSent(vic, 'LikeRequest', target.uri);
  expect((await act('like', target.id, stage.bob)).status).toBe(403);
});

test('whom a post names may answer it, whatever its policy', async () => {
  const tag = { type: 'Mention', href: stage.alice.account.uri, name: '@alice' };
  const target = await policied('reply', { automaticApproval: [vic.id] }, { tag: [tag], cc: [vic.followers, stage.alice.account.uri] });
  expect((await act('reply', target.id)).status).toBe(200);
  await untilSent(vic, 'Create', target.uri);
});

test('an Update opens a post, or closes it', async () => {
  const target = await policied('like', { automaticApproval: [vic.id] });
  expect((await act('like', target.id)).status).toBe(403);
  const note = { ...(stage.victim.documents.get(target.uri) as JsonObject), updated: new Date().toISOString(), interactionPolicy: { canLike: { automaticApproval: [PUBLIC] } } };
  await stage.mustApply(vic, vic.activity('Update', note));
  await until('the policy', async () => (await act('like', target.id)).status === 200);
});

test('an Undo before the answer goes to the author alone', async () => {
  const target = await policied('announce', byHand);
  await act('announce', target.id);
  await untilSent(vic, 'AnnounceRequest', target.uri);
  await stage.alice.api.post(`/api/v1/statuses/${target.id}/unreblog`);
  await untilSent(vic, 'Undo', target.uri);
  await quiet();
  expect(stage.evil.posts.filter(about(target.uri))).toEqual([]);
});

describe('what people here say to each other below an answer that waits', () => {
  const say = async (who: typeof stage.alice, text: string, more: Readonly<Record<string, unknown>>): Promise<StatusEntity> => (await who.api.ask<StatusEntity>('POST', '/api/v1/statuses', { status: text, ...more })).body;
  const toldOf = (uri: string): ReceivedPost[] => [stage.evil, stage.victim].flatMap(({ posts }) => posts.filter(about(uri)));
  /** An answer that waits, one to that, a boost of this, and an answer of somebody else. */
  async function talk() {
    const target = await policied('reply', byHand);
    const { body: first } = await act('reply', target.id);
    const request = await untilSent(vic, 'ReplyRequest', target.uri);
    const second = await say(stage.alice, 'one more word', { in_reply_to_id: first.id });
    const third = await say(stage.bob, 'well said', { in_reply_to_id: second.id });
    const { body: boost } = await act('announce', second.id);
    return { target, request, first, second, third, boost };
  }

  test('waits with it, and goes out with it', async () => {
    const { target, request, first, second, third, boost } = await talk();
    await stage.alice.api.ask('PUT', `/api/v1/statuses/${second.id}`, { status: 'one more word, or two' });
    await quiet();
    for (const { uri } of [second, third, boost]) expect(toldOf(uri)).toEqual([]);
    const { body } = await stage.evil.fetchDocument(`${stage.alice.account.uri}/outbox?page=true`);
    for (const { uri } of [first, second]) expect(body).not.toContain(uri);
    // Here everybody reads it.
    expect((await stage.bob.api.ask('GET', `/api/v1/statuses/${second.id}`)).status).toBe(200);

    await stage.mustApply(vic, vic.activity('Accept', { ...request, instrument: instrumentOf(request)['id'] }, { result: stampUri() }));
    expect(await untilSent(eve, 'Create', second.uri)).toMatchObject({ object: { inReplyTo: first.uri, content: expect.stringContaining('or two') as unknown } });
    await untilSent(eve, 'Announce', second.uri);
    await quiet();
    const creates = stage.evil.posts.filter(({ type }) => type === 'Create').map(({ activity }) => (activity?.['object'] as JsonObject | undefined)?.['id']);
    // Each once. In order for each object and inbox: of two posts to one inbox, the one that is signed first may come first.
    expect(creates.filter((id) => id === first.uri || id === second.uri).sort()).toEqual([first.uri, second.uri].sort());
    expect((await stage.status(target.uri))?.repliesCount).toBe(1);
    await stage.alice.api.delete(`/api/v1/statuses/${second.id}`);
    await untilSent(eve, 'Delete', second.uri);
  });

  test('is told to nobody when the author refuses, nor when it is deleted before', async () => {
    const { request, second, third } = await talk();
    await stage.alice.api.delete(`/api/v1/statuses/${second.id}`);
    await stage.mustApply(vic, vic.activity('Reject', request['id']));
    await quiet();
    for (const { uri } of [second, third]) expect(toldOf(uri)).toEqual([]);
  });

  test('goes at once to those alone whom it names', async () => {
    const { first } = await talk();
    const { uri } = await say(stage.alice, `@${eve.handle} between us`, { in_reply_to_id: first.id, visibility: 'direct' });
    await untilSent(eve, 'Create', uri);
  });
});
