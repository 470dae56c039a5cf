import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { followAccount, publishStatus } from '@trunkline/social';
import type { TestPerson } from '@trunkline/testing';
import { InboxBench } from './inbox-bench.js';
import type { PeerActor } from './scripted-peer.js';

const PUBLIC = 'https://www.w3.org/ns/activitystreams#Public';
type Json = Record<string, unknown> & { id: string };

let bench: InboxBench;
let alice: TestPerson;
/** Amy wants to be asked, on a server like GoToSocial's; Eve answers her from another one. Alice follows both. */
let amy: PeerActor;
let eve: PeerActor;
beforeAll(async () => {
  bench = await InboxBench.start();
  alice = await bench.server.person('alice');
  [amy, eve] = [bench.peer.actor('amy'), bench.other.actor('eve')];
  for (const actor of [amy, eve]) await bench.follows(alice, actor);
}, 60_000);
afterAll(async () => bench?.stop());

const byAmy = (type: string, object: unknown, more: Readonly<Record<string, unknown>> = {}) => bench.apply(amy, bench.peer.activity(type, amy, object, more));
const statusAt = async (uri: string) => {
  const status = await bench.status(uri);
  if (status === undefined) throw new Error(`${uri} does not stand`);
  return status;
};

describe('an Undo by its bare id', () => {
  test('of an Accept: the follow that it let in ends', async () => {
    const bob = await bench.server.person('bob');
    const target = await bench.account(amy.uri);
    if (target === undefined) throw new Error('amy is not known');
    await followAccount(bench.server.backbone, bob.account, target);
    const { store } = bench.server.backbone;
    const request = await store.followRequest(bob.account.id, target.id);
    const accept = bench.peer.activity('Accept', amy, { id: `${bob.account.uri}/follows/${request?.id}`, type: 'Follow', actor: bob.account.uri, object: amy.uri });
    expect(await bench.apply(amy, accept)).toBe('applied');
    // Nobody else's word takes it back, whatever its id says.
    expect(await bench.apply(eve, bench.other.activity('Undo', eve, accept.id))).toMatch(/^ignored/);
    expect(await store.follow(bob.account.id, target.id)).not.toBeNull();
    expect(await byAmy('Undo', accept.id)).toBe('applied');
    expect([await store.follow(bob.account.id, target.id), await store.followRequest(bob.account.id, target.id)]).toEqual([null, null]);
    expect(await byAmy('Undo', accept.id)).toBe('ignored: nothing_to_undo');
  });

  test('of an Accept that is not here yet: it counts for nothing when it comes', async () => {
    const cara = await bench.server.person('cara');
    const target = await bench.account(amy.uri);
    if (target === undefined) throw new Error('amy is not known');
    await followAccount(bench.server.backbone, cara.account, target);
    const accept = bench.peer.activity('Accept', amy, { type: 'Follow', actor: cara.account.uri, object: amy.uri });
    expect(await byAmy('Undo', { type: 'Accept', id: accept.id, actor: amy.uri })).toBe('applied');
    expect(await bench.apply(amy, accept)).toBe('ignored: undone');
    expect(await bench.server.backbone.store.follow(cara.account.id, target.id)).toBeNull();
  });

  test('of a consent to an answer: it is not told on', async () => {
    const note = bench.peer.note(amy, { interactionPolicy: { canReply: { automaticApproval: [], manualApproval: [PUBLIC] } } });
    await byAmy('Create', note);
    const target = await statusAt(note.id);
    const answer = await publishStatus(bench.server.backbone, alice.account, {
      text: 'may I?', spoilerText: '', sensitive: false, visibility: 'public', language: null, inReplyToId: target.id, application: null, idempotencyKey: null,
    });
    if (!answer.ok) throw new Error(answer.error.code);
    const leave = async () => (await bench.server.backbone.store.askedInteractions([answer.value.id])).get(answer.value.id)?.state;
    const accept = bench.peer.activity('Accept', amy, `${alice.account.uri}/reply_requests/${answer.value.id}`, { result: `${amy.uri}/stamps/1` });
    expect([await leave(), await bench.apply(amy, accept), await leave()]).toEqual(['pending', 'applied', 'accepted']);
    expect([await byAmy('Undo', accept.id), await leave()]).toEqual(['applied', 'rejected']);
  });

  test.each(['Like', 'Announce'] as const)('of a %sRequest: what was asked for goes with it', async (type) => {
    const post = await bench.publish(alice);
    const instrument = { id: bench.peer.id('acts'), type, actor: amy.uri, object: post.uri, to: [PUBLIC] };
    const request = bench.peer.activity(`${type}Request`, amy, post.uri, { instrument, to: [PUBLIC] });
    expect(await bench.apply(amy, request)).toBe('applied');
    const counted = async () => {
      const status = await statusAt(post.uri);
      return type === 'Like' ? status.favouritesCount : status.boostsCount;
    };
    expect(await counted()).toBe(1);
    expect(await byAmy('Undo', request.id)).toBe('applied');
    expect(await counted()).toBe(0);

    // One that is taken back before it comes.
    const early = bench.peer.activity(`${type}Request`, amy, post.uri, { instrument: { ...instrument, id: bench.peer.id('acts') }, to: [PUBLIC] });
    expect(await byAmy('Undo', early.id)).toBe('applied');
    expect(await bench.apply(amy, early)).toBe('ignored: undone');
    expect(await counted()).toBe(0);
  });
});

const byHand = { interactionPolicy: { canReply: { automaticApproval: [], manualApproval: [PUBLIC] } } };

describe('an answer elsewhere to a post elsewhere whose author wants to be asked', () => {
  let stamps = 0;
  async function parent(more: Readonly<Record<string, unknown>> = byHand): Promise<Json> {
    const note = bench.peer.note(amy, more);
    expect(await byAmy('Create', note)).toBe('applied');
    return note;
  }
  const answerTo = (note: Json, more: Readonly<Record<string, unknown>> = {}): Json => bench.other.note(eve, { inReplyTo: note.id, ...more });
  const come = (note: Json, type = 'Create') => bench.apply(eve, bench.other.activity(type, eve, note));
  /** Amy's consent, as her server shows it. */
  function stamp(answer: string, target: string, more: Readonly<Record<string, unknown>> = {}): string {
    stamps += 1;
    const id = `${bench.peer.url}/authorizations/${stamps}`;
    bench.peer.documents.set(new URL(id).pathname, { '@context': 'https://www.w3.org/ns/activitystreams', id, type: 'ReplyAuthorization', attributedTo: amy.uri, interactingObject: answer, interactionTarget: target, ...more });
    return id;
  }
  const thread = async (note: Json): Promise<string[]> => {
    const { store } = bench.server.backbone;
    const { id } = await statusAt(note.id);
    return (await store.statusesByIds(await store.descendantIds(id, 100))).map(({ uri }) => uri);
  };
  const apart = async (answer: Json, note: Json): Promise<void> => {
    expect(await statusAt(answer.id)).toMatchObject({ inReplyToId: null, inReplyToAccountId: null, inReplyToUri: note.id, deletedAt: null });
    expect([await thread(note), (await statusAt(note.id)).repliesCount]).toEqual([[], 0]);
  };
  const within = async (answer: Json, note: Json): Promise<void> => {
    expect((await statusAt(answer.id)).inReplyToId).toBe((await statusAt(note.id)).id);
    expect([await thread(note), (await statusAt(note.id)).repliesCount]).toEqual([[answer.id], 1]);
  };

  test('stands for itself without a consent, and asks nobody', async () => {
    const note = await parent();
    const answer = answerTo(note);
    const asked = bench.peer.asked.length;
    expect(await come(answer)).toBe('applied');
    await apart(answer, note);
    expect(bench.peer.asked.slice(asked)).toEqual([]);
  });

  test.each(['replyAuthorization', 'approvedBy'])('is part of the thread by a consent in %s that holds', async (name) => {
    const note = await parent();
    const answer = answerTo(note);
    const whole = { ...answer, [name]: stamp(answer.id, note.id) };
    expect(await come(whole)).toBe('applied');
    await within(answer, note);
  });

  test('GoToSocial before 0.19: an Accept is one', async () => {
    const note = await parent();
    const answer = answerTo(note);
    const id = stamp(answer.id, note.id, { type: 'Accept', actor: amy.uri, object: answer.id });
    await come({ ...answer, approvedBy: id });
    await within(answer, note);
  });

  test.each<[string, (answer: Json, note: Json) => string]>([
    ['for another answer', (_answer, note) => stamp(`${eve.uri}/notes/else`, note.id)],
    ['for another post', (answer) => stamp(answer.id, `${bench.peer.url}/notes/else`)],
    ['for a like', (answer, note) => stamp(answer.id, note.id, { type: 'LikeAuthorization' })],
    ['by somebody else', (answer, note) => stamp(answer.id, note.id, { attributedTo: `${bench.peer.url}/users/ned` })],
    ['that is not there', () => `${bench.peer.url}/authorizations/none`],
    ['of one’s own host', (answer, note) => {
      const id = `${bench.other.url}/authorizations/own`;
      bench.other.documents.set('/authorizations/own', { id, type: 'ReplyAuthorization', attributedTo: amy.uri, interactingObject: answer.id, interactionTarget: note.id });
      return id;
    }],
  ])('a consent %s is none', async (_name, consent) => {
    const note = await parent();
    const answer = answerTo(note);
    expect(await come({ ...answer, replyAuthorization: consent(answer, note) })).toBe('applied');
    await apart(answer, note);
  });

  test('an Update brings the consent, which makes no edit', async () => {
    const note = await parent();
    const answer = answerTo(note);
    await come(answer);
    expect(await come({ ...answer, replyAuthorization: stamp(answer.id, note.id) }, 'Update')).toBe('applied');
    await within(answer, note);
    expect((await statusAt(answer.id)).editedAt).toBeNull();
  });

  test('the author takes it back, and nobody else can', async () => {
    const note = await parent();
    const answer = answerTo(note);
    const id = stamp(answer.id, note.id);
    await come({ ...answer, replyAuthorization: id });
    await bench.apply(eve, bench.other.activity('Delete', eve, { id, type: 'ReplyAuthorization' }));
    await within(answer, note);
    expect(await byAmy('Delete', id)).toBe('applied');
    await apart(answer, note);
  });

  test('while its server is away it is tried again', async () => {
    const note = await parent();
    const answer = answerTo(note);
    const id = stamp(answer.id, note.id);
    bench.peer.documents.set(new URL(id).pathname, 503);
    expect(await come({ ...answer, replyAuthorization: id })).toBe('stored: consent_unreachable');
    await apart(answer, note);
  });

  test('the post that it answers may come later, and its policy counts all the same', async () => {
    const note = bench.peer.note(amy, byHand);
    bench.peer.documents.set(new URL(note.id).pathname, 404);
    const [with_, without] = [answerTo(note), answerTo(note)];
    await come({ ...with_, replyAuthorization: stamp(with_.id, note.id) });
    await come(without);
    bench.peer.documents.set(new URL(note.id).pathname, note);
    await byAmy('Create', note);
    expect((await statusAt(without.id)).inReplyToId).toBeNull();
    expect((await statusAt(note.id)).repliesCount).toBe(0);
    // Its consent is looked at when it is told again.
    await come({ ...with_, replyAuthorization: stamp(with_.id, note.id) }, 'Update');
    await within(with_, note);
  });

  test('nobody waits where everybody may answer, who is named or answered, or who answers themselves', async () => {
    const open = await parent({ interactionPolicy: { canReply: { automaticApproval: [PUBLIC] }, canLike: { automaticApproval: [] } } });
    const naming = await parent({ ...byHand, cc: [eve.uri], tag: [{ type: 'Mention', href: eve.uri, name: '@eve' }] });
    for (const note of [open, naming]) {
      const answer = answerTo(note);
      await come(answer);
      await within(answer, note);
    }
    const first = await parent();
    const own = bench.peer.note(amy, { inReplyTo: first.id });
    await byAmy('Create', own);
    await within(own, first);
  });
});
