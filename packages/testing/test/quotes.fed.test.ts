import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { until, type JsonObject, type ScriptedPerson } from '../src/index.js';
import { HostileStage } from './hostile-stage.js';

jest.setTimeout(90_000);

const PUBLIC = 'https://www.w3.org/ns/activitystreams#Public';

interface StatusEntity {
  readonly id: string;
  readonly uri: string;
  readonly content: string;
  readonly quotes_count: number;
  readonly quote: { readonly state: string; readonly quoted_status?: StatusEntity | null; readonly quoted_status_id?: string | null } | null;
  readonly quote_approval: { readonly automatic: string[]; readonly manual: string[]; readonly current_user: string };
}

/** `eve` quotes, `vic` is quoted; both live elsewhere, on servers that keep to the rules here. */
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
const shown = async (uri: string, api = stage.alice.api): Promise<StatusEntity> => {
  const stored = await stage.status(uri);
  return api.get<StatusEntity>(`/api/v1/statuses/${stored?.id}`);
};
const stateOf = async (uri: string): Promise<string | undefined> => (await stage.status(uri))?.quote?.state;
/** Once the background has looked at it. */
const settledAs = (uri: string, state: string): Promise<unknown> => until(`${uri} to be ${state}`, async () => (await stateOf(uri)) === state);
/** What a server after FEP-044f writes. */
const quoting = (uri: string, more: JsonObject = {}): JsonObject => ({ quote: uri, quoteUri: uri, _misskey_quote: uri, ...more });
const publish = async (by: ScriptedPerson, note: JsonObject): Promise<void> => expect(await stage.apply(by, by.create(note))).toBe('applied');
let stamps = 0;
/** A stamp of `author` for a quote, readable at its id. */
function stamp(author: ScriptedPerson, quoteUri: string, quotedUri: string, change: JsonObject = {}): string {
  const id = `${author.id}/quote_authorizations/${(stamps += 1)}`;
  const json = { '@context': 'https://www.w3.org/ns/activitystreams', id, type: 'QuoteAuthorization', attributedTo: author.id, interactingObject: quoteUri, interactionTarget: quotedUri, ...change };
  stage.remoteOf(author).documents.set(id, json);
  return id;
}
const objectOf = (activity: JsonObject | null): JsonObject => (activity?.['object'] ?? {}) as JsonObject;
const readAs = (by: ScriptedPerson, url: string) => stage.remoteOf(by).fetchDocument(url);

describe('somebody elsewhere quotes a post of ours', () => {
  const request = (note: JsonObject, quotedUri: string): JsonObject & { readonly id: string } => eve.activity('QuoteRequest', quotedUri, { instrument: note });
  const answerTo = (id: string) => stage.evil.untilPost(`an answer to ${id}`, ({ activity }) => objectOf(activity)['id'] === id);

  test('asks, is let in by the policy, can show the stamp to everybody, and loses it when the author takes it back', async () => {
    const mine = await post('quote me');
    const note = eve.note('look at this', quoting(mine.uri));
    const asked = request(note, mine.uri);
    expect(await stage.apply(eve, asked)).toBe('applied');
    const { activity: accept } = await answerTo(asked.id);
    expect(accept).toMatchObject({ type: 'Accept', actor: stage.alice.account.uri, object: { type: 'QuoteRequest', actor: eve.id, object: mine.uri, instrument: note.id } });
    const stampUri = String(accept?.['result']);
    const read = await readAs(eve, stampUri);
    expect(JSON.parse(read.body)).toMatchObject({ id: stampUri, type: 'QuoteAuthorization', attributedTo: stage.alice.account.uri, interactingObject: note.id, interactionTarget: mine.uri });
    expect(await shown(note.id)).toMatchObject({ quote: { state: 'accepted', quoted_status: { id: mine.id, quotes_count: 1 } } });
    const told = await until('a notification', async () => (await stage.alice.api.get<{ type: string; status: StatusEntity }[]>('/api/v1/notifications?types[]=quote'))[0]);
    expect(told).toMatchObject({ type: 'quote', status: { uri: note.id } });
    expect((await stage.alice.api.get<StatusEntity[]>(`/api/v1/statuses/${mine.id}/quotes`)).map(({ uri }) => uri)).toEqual([note.id]);

    const stored = await stage.status(note.id);
    expect((await stage.bob.api.ask('POST', `/api/v1/statuses/${mine.id}/quotes/${stored?.id}/revoke`)).status).toBe(403);
    expect(await stage.alice.api.post<StatusEntity>(`/api/v1/statuses/${mine.id}/quotes/${stored?.id}/revoke`)).toMatchObject({ quote: { state: 'revoked', quoted_status: null } });
    await stage.evil.untilPost('the end of the stamp', ({ type, activity }) => type === 'Delete' && objectOf(activity)['id'] === stampUri);
    expect((await readAs(eve, stampUri)).status).toBe(404);
    expect((await stage.status(mine.uri))?.quotesCount).toBe(0);
    // Asked again it stays taken back.
    const again = request(note, mine.uri);
    expect(await stage.apply(eve, again)).toBe('ignored: quote_taken_back');
    expect((await answerTo(again.id)).type).toBe('Reject');
    expect(await stateOf(note.id)).toBe('revoked');
  });

  test('is refused by the policy, and nothing is kept; followers are let in', async () => {
    const nobody = await post('not me', { quote_approval_policy: 'nobody' });
    const note = eve.note('look', quoting(nobody.uri));
    const asked = request(note.id as unknown as JsonObject, nobody.uri);
    expect(await stage.apply(eve, asked)).toBe('ignored: quote_refused');
    expect((await answerTo(asked.id)).activity).toMatchObject({ type: 'Reject', actor: stage.alice.account.uri, object: { instrument: note.id } });
    expect(await stage.status(note.id)).toBeUndefined();

    const followers = await post('friends only', { quote_approval_policy: 'followers' });
    const stranger = eve.note('look', quoting(followers.uri));
    expect(await stage.apply(eve, request(stranger, followers.uri))).toBe('ignored: quote_refused');
    await stage.mustApply(eve, eve.activity('Follow', stage.alice.account.uri));
    expect(await stage.apply(eve, request(stranger, followers.uri))).toBe('applied');
    expect(await stateOf(stranger.id)).toBe('accepted');
  });

  test('cannot say that it was agreed to: the post alone, or an invented stamp of ours, stays unanswered', async () => {
    const mine = await post('ask me');
    const forged = eve.note('a', quoting(mine.uri, { quoteAuthorization: `${stage.alice.account.uri}/quote_authorizations/1` }));
    await publish(eve, forged);
    await settledAs(forged.id, 'unauthorized');
    const unasked = eve.note('b', quoting(mine.uri));
    await publish(eve, unasked);
    await until('the quoted post to be found', async () => (await stage.status(unasked.id))?.quote?.quotedId === mine.id);
    expect(await shown(unasked.id)).toMatchObject({ quote: { state: 'pending', quoted_status: null } });
    expect((await stage.status(mine.uri))?.quotesCount).toBe(0);
    // Once it asks it is let in.
    expect(await stage.apply(eve, request(unasked, mine.uri))).toBe('applied');
    expect(await stateOf(unasked.id)).toBe('accepted');
  });
});

describe('somebody elsewhere quotes somebody elsewhere', () => {
  test('with a stamp that holds it is shown, without the link to it', async () => {
    const quoted = vic.note('the words');
    const note = eve.note('look');
    const uri = stamp(vic, note.id, quoted.id);
    const link = `<p class="quote-inline">RE: <a href="${quoted.id}">${quoted.id}</a></p>`;
    const written = { ...note, content: `${link}<p>look</p>`, ...quoting(quoted.id, { quoteAuthorization: uri }) };
    await publish(eve, written);
    await settledAs(note.id, 'accepted');
    expect(await shown(note.id)).toMatchObject({ content: '<p>look</p>', quote: { state: 'accepted', quoted_status: { uri: quoted.id, content: '<p>the words</p>' } } });

    // Its author takes it back: by the stamp, and nobody else's word counts.
    const end = (by: ScriptedPerson) => by.activity('Delete', { id: uri, type: 'QuoteAuthorization', attributedTo: vic.id, interactingObject: note.id, interactionTarget: quoted.id });
    expect(await stage.apply(eve, end(eve))).toMatch(/^ignored/);
    expect(await stateOf(note.id)).toBe('accepted');
    expect(await stage.apply(vic, end(vic))).toBe('applied');
    expect(await shown(note.id)).toMatchObject({ quote: { state: 'revoked', quoted_status: null } });
    expect((await shown(note.id)).content).toContain('quote-inline');
  });

  test('the stamp comes later, by an Update that is no edit; one that goes away ends the quote', async () => {
    const quoted = vic.note('words');
    const note = eve.note('look', quoting(quoted.id));
    await publish(eve, note);
    await until('the quoted post', async () => (await stage.status(note.id))?.quote?.quotedId);
    expect(await stateOf(note.id)).toBe('pending');
    const uri = stamp(vic, note.id, quoted.id);
    expect(await stage.apply(eve, eve.activity('Update', { ...note, quoteAuthorization: uri }))).toBe('applied');
    await settledAs(note.id, 'accepted');
    expect((await stage.status(note.id))?.editedAt).toBeNull();
    expect(await stage.apply(eve, eve.activity('Update', { ...note, quote: { type: 'Tombstone' }, quoteUri: undefined, _misskey_quote: undefined }))).toBe('applied');
    expect(await stateOf(note.id)).toBe('deleted');
    expect((await stage.status(quoted.id))?.quotesCount).toBe(0);
  });

  test('one quotes oneself without asking; older software asks nobody and is shown as a link', async () => {
    const own = vic.note('mine');
    const self = vic.note('as I said', quoting(own.id));
    await publish(vic, self);
    await settledAs(self.id, 'accepted');
    const legacy = eve.note('old', { content: `<p>old <span class="quote-inline">RE: ${own.id}</span></p>`, _misskey_quote: own.id, quoteUrl: own.id });
    await publish(eve, legacy);
    await until('the quoted post', async () => (await stage.status(legacy.id))?.quote?.quotedId);
    expect(await stage.status(legacy.id)).toMatchObject({ quote: { state: 'pending', legacy: true } });
    expect(await shown(legacy.id)).toMatchObject({ quote: null, content: expect.stringContaining('RE: ') });
  });

  test('a quote of a quote is named, not shown; who blocks the quoted author is not shown it', async () => {
    const first = vic.note('first');
    const second = vic.note('second', quoting(first.id));
    const third = vic.note('third', quoting(second.id));
    for (const note of [second, third]) await publish(vic, note);
    for (const note of [second, third]) await settledAs(note.id, 'accepted');
    const inner = (await shown(third.id)).quote?.quoted_status;
    expect(inner).toMatchObject({ uri: second.id, quote: { state: 'accepted', quoted_status_id: (await stage.status(first.id))?.id } });
    const note = eve.note('look');
    await publish(eve, { ...note, ...quoting(first.id, { quoteAuthorization: stamp(vic, note.id, first.id) }) });
    await settledAs(note.id, 'accepted');
    const author = await stage.account(vic.id);
    await stage.bob.api.post(`/api/v1/accounts/${author?.id}/block`);
    expect(await shown(note.id, stage.bob.api)).toMatchObject({ quote: { state: 'blocked_account', quoted_status: null } });
    await stage.bob.api.post(`/api/v1/accounts/${author?.id}/unblock`);
    expect(await shown(note.id, stage.bob.api)).toMatchObject({ quote: { state: 'accepted', quoted_status: { uri: first.id } } });
  });

  test('policies are told to clients; GotoSocial’s older names count', async () => {
    const approvalOf = async (canQuote: JsonObject | undefined) => {
      const note = vic.note('policy', canQuote === undefined ? {} : { interactionPolicy: { canQuote } });
      await publish(vic, note);
      return (await shown(note.id)).quote_approval;
    };
    expect(await approvalOf(undefined)).toEqual({ automatic: [], manual: [], current_user: 'denied' });
    expect(await approvalOf({ automaticApproval: PUBLIC })).toEqual({ automatic: ['public'], manual: [], current_user: 'automatic' });
    expect(await approvalOf({ automaticApproval: [vic.id] })).toEqual({ automatic: [], manual: [], current_user: 'denied' });
    // Alice follows vic.
    expect(await approvalOf({ always: [vic.followers], approvalRequired: [PUBLIC] })).toEqual({ automatic: ['followers'], manual: ['public'], current_user: 'automatic' });
    expect(await approvalOf({ manualApproval: [`${vic.id}/lists/1`] })).toEqual({ automatic: [], manual: ['unsupported_policy'], current_user: 'unknown' });
  });
});

describe('somebody here quotes', () => {
  const open = { interactionPolicy: { canQuote: { automaticApproval: [PUBLIC] } } };
  const quoteOf = async (note: JsonObject & { readonly id: string }): Promise<{ mine: StatusEntity; asked: JsonObject }> => {
    await publish(vic, note);
    const mine = await post('I quote', { quoted_status_id: (await stage.status(note.id))?.id });
    const { activity } = await stage.victim.untilPost('a QuoteRequest', (sent) => sent.type === 'QuoteRequest' && (sent.activity?.['instrument'] as JsonObject | undefined)?.['id'] === mine.uri);
    return { mine, asked: activity as JsonObject };
  };
  const updateOf = (uri: string, isIt: (note: JsonObject) => boolean) =>
    stage.victim.untilPost(`an Update of ${uri}`, ({ type, activity }) => type === 'Update' && objectOf(activity)['id'] === uri && isIt(objectOf(activity)));
  const follow = async (): Promise<void> => stage.mustApply(vic, vic.activity('Follow', stage.alice.account.uri));

  test('a post of another server: asks, waits, shows the stamp once it is agreed to, and loses it again', async () => {
    await follow();
    const note = vic.note('quote me', open);
    const { mine, asked } = await quoteOf(note);
    expect(mine).toMatchObject({ quote: { state: 'pending', quoted_status: null } });
    expect(asked).toMatchObject({ actor: stage.alice.account.uri, object: note.id, instrument: { type: 'Note', quote: note.id } });
    const uri = stamp(vic, mine.uri, note.id);
    const accept = vic.activity('Accept', { ...asked, instrument: mine.uri }, { result: uri });
    // Nobody but the quoted author can agree.
    expect(await stage.apply(eve, eve.activity('Accept', asked, { result: stamp(eve, mine.uri, note.id) }))).toMatch(/^ignored/);
    expect(await stateOf(mine.uri)).toBe('pending');
    expect(await stage.apply(vic, accept)).toBe('applied');
    expect(await shown(mine.uri)).toMatchObject({ quote: { state: 'accepted', quoted_status: { uri: note.id } } });
    await updateOf(mine.uri, (json) => json['quoteAuthorization'] === uri);
    expect(JSON.parse((await readAs(vic, mine.uri)).body)).toMatchObject({ quote: note.id, quoteUri: note.id, quoteUrl: note.id, _misskey_quote: note.id, quoteAuthorization: uri });

    await stage.mustApply(eve, eve.activity('Follow', stage.alice.account.uri));
    // Vouched for by its author, it goes on to those who follow here, as it came.
    const end = vic.activity('Delete', { id: uri, type: 'QuoteAuthorization' }, { signature: { type: 'RsaSignature2017', creator: vic.keyId, signatureValue: 'AAAA' } });
    expect(await stage.apply(vic, end)).toBe('applied');
    await stage.evil.untilPost('the end of the stamp as it came', (sent) => sent.activityId === end.id && sent.body === JSON.stringify(end));
    expect(await shown(mine.uri)).toMatchObject({ quote: { state: 'revoked', quoted_status: null } });
    await updateOf(mine.uri, (json) => json['quoteAuthorization'] === undefined && json['quoteUri'] === undefined);
  });

  test('is refused, or let in and then refused', async () => {
    const { mine, asked } = await quoteOf(vic.note('no', open));
    expect(await stage.apply(vic, vic.activity('Reject', asked['id']))).toBe('applied');
    expect(await shown(mine.uri)).toMatchObject({ quote: { state: 'rejected', quoted_status: null } });
    const other = await quoteOf(vic.note('yes, no', open));
    const accept = vic.activity('Accept', other.asked['id'], { result: stamp(vic, other.mine.uri, 'x') });
    expect(await stage.apply(vic, accept)).toBe('applied');
    expect(await stage.apply(vic, vic.activity('Undo', accept))).toBe('applied');
    expect(await stateOf(other.mine.uri)).toBe('revoked');
  });

  test('may not what the policy says, nor a direct message, nor what is not there', async () => {
    const closed = vic.note('closed');
    await publish(vic, closed);
    const refused = async (id: string | undefined, more: JsonObject = {}): Promise<number> =>
      (await stage.bob.api.ask('POST', '/api/v1/statuses', { status: 'x', quoted_status_id: id, ...more })).status;
    expect(await refused((await stage.status(closed.id))?.id)).toBe(422);
    expect(await refused('1')).toBe(404);
    expect(await refused((await post('dm', { visibility: 'direct' })).id)).toBe(404);
    const open = await post('open');
    expect(await refused(open.id, { visibility: 'direct' })).toBe(422);
    expect(await refused(open.id, { visibility: 'direct', status: '@alice look' })).toBe(200);
  });

  test('a neighbour: at once by the policy, which can change; the Note says who may', async () => {
    const mine = await post('neighbours');
    const quote = await stage.bob.api.post<StatusEntity>('/api/v1/statuses', { status: 'bob quotes', quoted_status_id: mine.id });
    expect(quote).toMatchObject({ quote: { state: 'accepted', quoted_status: { id: mine.id } } });
    const { quoteAuthorization } = JSON.parse((await readAs(eve, quote.uri)).body) as Record<string, string>;
    expect(JSON.parse((await readAs(eve, quoteAuthorization ?? '')).body)).toMatchObject({ attributedTo: stage.alice.account.uri, interactingObject: quote.uri });
    const policyOf = async (): Promise<unknown> => (JSON.parse((await readAs(eve, mine.uri)).body) as JsonObject)['interactionPolicy'];
    expect(await policyOf()).toMatchObject({ canQuote: { automaticApproval: [PUBLIC] } });
    const closed = await stage.alice.api.ask<StatusEntity>('PUT', `/api/v1/statuses/${mine.id}/interaction_policy`, { quote_approval_policy: 'nobody' });
    expect(closed.body.quote_approval).toEqual({ automatic: [], manual: [], current_user: 'automatic' });
    expect(await policyOf()).toMatchObject({ canQuote: { automaticApproval: [stage.alice.account.uri] } });
    expect((await shown(mine.uri, stage.bob.api)).quote_approval.current_user).toBe('denied');
    expect((await stage.bob.api.ask('PUT', `/api/v1/statuses/${mine.id}/interaction_policy`, { quote_approval_policy: 'public' })).status).toBe(404);

    // Who quoted is told of an edit, and what is gone is not shown.
    await stage.alice.api.ask('PUT', `/api/v1/statuses/${mine.id}`, { status: 'neighbours, edited' });
    const told = await until('a notification', async () => (await stage.bob.api.get<{ type: string; status: StatusEntity }[]>('/api/v1/notifications?types[]=quoted_update'))[0]);
    expect(told.status.uri).toBe(quote.uri);
    await stage.alice.api.delete(`/api/v1/statuses/${mine.id}`);
    expect(await shown(quote.uri, stage.bob.api)).toMatchObject({ quote: { state: 'deleted', quoted_status: null } });
    expect(JSON.parse((await readAs(eve, quote.uri)).body)).toMatchObject({ quote: { type: 'Tombstone' } });
  });
});
