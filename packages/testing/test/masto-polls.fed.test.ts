import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { mastodon } from 'masto';
import { ScriptedRemote, startFediverse, until, type Fediverse, type JsonObject, type TestPerson } from '../src/index.js';
import { EntityWitness } from './entity-witness.js';
import { mastoOf, originOf } from './masto-session.js';

jest.setTimeout(90_000);

let fediverse: Fediverse;
/** A server of another kind, to see what goes over the wire. */
let remote: ScriptedRemote;
let witness: EntityWitness;
/** Alice lives at home; Bob away, and so does Carol, who follows Alice. */
let people: Record<'alice' | 'bob' | 'carol', TestPerson>;
let alice: mastodon.rest.Client;
let bob: mastodon.rest.Client;
let carol: mastodon.rest.Client;

beforeAll(async () => {
  remote = await ScriptedRemote.start();
  fediverse = await startFediverse({ peers: [remote.host] });
  const { home, away } = fediverse;
  people = { alice: await home.person('alice'), bob: await away.person('bob'), carol: await away.person('carol') };
  witness = new EntityWitness(originOf(home));
  [alice, bob, carol] = [mastoOf(home, people.alice.token), mastoOf(away, people.bob.token), mastoOf(away, people.carol.token)];
  const { accounts } = await carol.v2.search.list({ q: people.alice.handle, resolve: true });
  await carol.v1.accounts.$select(accounts[0]?.id ?? '').follow();
  await fediverse.settled();
});
afterAll(async () => {
  witness?.leave();
  await fediverse?.stop();
  await remote?.stop();
});
afterEach(() => witness.sayFaults());

const poll = (more: Partial<{ multiple: boolean; hideTotals: boolean; options: string[]; expiresIn: number }> = {}) => ({ options: ['Tea', 'Rum'], expiresIn: 3_600, ...more });

/** The poll of a post, as another server has it. */
async function copyOf(client: mastodon.rest.Client, uri: string): Promise<mastodon.v1.Poll> {
  const { statuses } = await client.v2.search.list({ q: uri, resolve: true, type: 'statuses' });
  const found = statuses[0]?.poll;
  if (found == null) throw new Error(`${uri} has no poll there`);
  return found;
}

/** Time passes for one server's polls. */
const pass = (server: Fediverse['home'], what: string): Promise<unknown> => server.backbone.db.query(`UPDATE social.polls SET ${what}`);

const refusal = async (asked: PromiseLike<unknown>): Promise<[number, string]> => {
  try {
    await asked;
  } catch (error) {
    const { statusCode, message } = error as { statusCode: number; message: string };
    return [statusCode, message];
  }
  throw new Error('it was not refused');
};

describe('a poll of somebody here', () => {
  test('is written, read by itself, voted on by a neighbour', async () => {
    const dave = mastoOf(fediverse.home, (await fediverse.home.person('dave')).token);
    const made = await alice.v1.statuses.create({ status: 'Which?', poll: poll({ multiple: true }) });
    expect(made.poll).toMatchObject({ id: made.id, expired: false, multiple: true, votesCount: 0, votersCount: 0, voted: true, ownVotes: [], options: [{ title: 'Tea', votesCount: 0 }, { title: 'Rum', votesCount: 0 }] });
    expect(await dave.v1.polls.$select(made.id).votes.create({ choices: [0, 1] })).toMatchObject({ votesCount: 2, votersCount: 1, voted: true, ownVotes: [0, 1] });
    expect(await dave.v1.statuses.$select(made.id).fetch()).toMatchObject({ poll: { voted: true, ownVotes: [0, 1], votesCount: 2 } });
    expect(await mastoOf(fediverse.home).v1.polls.$select(made.id).fetch()).not.toHaveProperty('voted');
    expect(await refusal(dave.v1.polls.$select(made.id).votes.create({ choices: [0] }))).toEqual([422, expect.stringContaining('already voted')]);
    expect(await refusal(alice.v1.polls.$select(made.id).votes.create({ choices: [0] }))).toEqual([422, expect.stringContaining('own poll')]);
    expect(await refusal(dave.v1.polls.$select('1').votes.create({ choices: [0] }))).toEqual([404, 'Record not found']);
  });

  test('nobody votes who may not see it', async () => {
    const dave = mastoOf(fediverse.home, (await fediverse.home.person('dora')).token);
    const made = await alice.v1.statuses.create({ status: 'Which?', visibility: 'private', poll: poll() });
    expect(await refusal(dave.v1.polls.$select(made.id).fetch())).toEqual([404, 'Record not found']);
    expect(await refusal(dave.v1.polls.$select(made.id).votes.create({ choices: [0] }))).toEqual([404, 'Record not found']);
  });

  test.each([
    ['one option', poll({ options: ['Tea'] }), 'more than one'],
    ['five options', poll({ options: ['1', '2', '3', '4', '5'] }), 'more than 4'],
    ['an option twice', poll({ options: ['Tea', 'Tea'] }), 'duplicate'],
    ['a long option', poll({ options: ['Tea', 'x'.repeat(51)] }), 'longer than 50'],
    ['a minute', poll({ expiresIn: 60 }), 'too soon'],
    ['a year', poll({ expiresIn: 31_536_000 }), 'too far'],
  ])('%s is refused', async (_name, given, words) => {
    expect(await refusal(alice.v1.statuses.create({ status: 'Which?', poll: given }))).toEqual([422, expect.stringContaining(words)]);
  });

  test('is a poll on another server, whose votes count here, and whose tallies come back without an edit', async () => {
    const made = await alice.v1.statuses.create({ status: 'Which of these?', poll: poll() });
    await fediverse.settled();
    const theirs = await copyOf(carol, made.uri);
    expect(theirs).toMatchObject({ multiple: false, votesCount: 0, votersCount: 0, voted: false, options: [{ title: 'Tea' }, { title: 'Rum' }] });
    expect(await bob.v1.polls.$select(theirs.id).votes.create({ choices: [1] })).toMatchObject({ voted: true, ownVotes: [1], votesCount: 1 });
    await fediverse.settled();
    expect((await alice.v1.statuses.$select(made.id).fetch()).poll).toMatchObject({ votesCount: 1, votersCount: 1, options: [{ votesCount: 0 }, { votesCount: 1 }] });

    await mastoOf(fediverse.home, (await fediverse.home.person('dana')).token).v1.polls.$select(made.id).votes.create({ choices: [1] });
    await pass(fediverse.home, `untold_since = untold_since - interval '1 hour'`);
    await until('the tallies to reach the other server', async () => (await copyOf(carol, made.uri)).votesCount === 2);
    const { statuses } = await carol.v2.search.list({ q: made.uri, resolve: true, type: 'statuses' });
    expect([statuses[0]?.editedAt, statuses[0]?.poll?.votersCount]).toEqual([null, 2]);
  });

  test('when it ends, its author and all who voted are told, here and there', async () => {
    const made = await alice.v1.statuses.create({ status: 'Quick?', poll: poll({ hideTotals: true }) });
    await fediverse.settled();
    const theirs = await copyOf(carol, made.uri);
    await carol.v1.polls.$select(theirs.id).votes.create({ choices: [0] });
    await fediverse.settled();
    expect((await alice.v1.statuses.$select(made.id).fetch()).poll?.options).toMatchObject([{ votesCount: null }, { votesCount: null }]);
    await pass(fediverse.home, `ends_at = now()`);
    const told = async (client: mastodon.rest.Client): Promise<string[]> => (await client.v1.notifications.list({ types: ['poll'] })).map(({ status }) => status?.uri ?? '');
    await until('the author to be told', async () => (await told(alice)).includes(made.uri));
    await until('the end to reach the other server', async () => (await copyOf(carol, made.uri)).expired);
    await pass(fediverse.away, `ends_at = now() - interval '1 second'`);
    await until('the voter to be told', async () => (await told(carol)).includes(made.uri));
    expect(await told(bob)).not.toContain(made.uri);
    expect((await copyOf(carol, made.uri)).options[0]?.votesCount).toBe(1);
    expect(await refusal(bob.v1.polls.$select(theirs.id).votes.create({ choices: [0] }))).toEqual([422, expect.stringContaining('ended')]);
  });

  test('an edit that changes its options takes the votes with it', async () => {
    const dave = mastoOf(fediverse.home, (await fediverse.home.person('dina')).token);
    const made = await alice.v1.statuses.create({ status: 'Which?', poll: poll() });
    await dave.v1.polls.$select(made.id).votes.create({ choices: [0] });
    expect((await alice.v1.statuses.$select(made.id).update({ status: 'Which one?' })).poll).toMatchObject({ votesCount: 1 });
    expect((await alice.v1.statuses.$select(made.id).update({ status: 'Which one?', poll: poll({ options: ['Tea', 'Gin'] }) })).poll).toMatchObject({ votesCount: 0, options: [{ title: 'Tea' }, { title: 'Gin' }] });
    expect(await dave.v1.polls.$select(made.id).fetch()).toMatchObject({ voted: false, ownVotes: [] });
  });
});

describe('over the wire', () => {
  test('a poll goes out as Question, with what its members mean', async () => {
    await remote.follow(people.alice.account.uri, `http://${fediverse.home.domain}/inbox`);
    await remote.untilPost('an Accept', ({ type }) => type === 'Accept');
    const made = await alice.v1.statuses.create({ status: 'On the wire?', poll: poll({ multiple: true }) });
    const { activity } = await remote.untilPost('the Question', (post) => (post.activity?.['object'] as JsonObject | undefined)?.['id'] === made.uri);
    const object = activity?.['object'] as JsonObject;
    expect(object).toMatchObject({ type: 'Question', votersCount: 0, endTime: expect.stringMatching(/^\d{4}-/), anyOf: [{ type: 'Note', name: 'Tea', replies: { type: 'Collection', totalItems: 0 } }, { name: 'Rum' }] });
    expect(object).not.toHaveProperty('closed');
    expect(JSON.stringify(activity?.['@context'])).toContain('"votersCount":"toot:votersCount"');
  });

  test('a vote goes to the author alone: a Note with a name and without a text', async () => {
    const { person } = remote;
    const id = `${remote.baseUrl}/questions/1`;
    remote.documents.set(new URL(id).pathname, {
      '@context': 'https://www.w3.org/ns/activitystreams', id, type: 'Question', attributedTo: person.id, content: '<p>Where?</p>',
      to: ['https://www.w3.org/ns/activitystreams#Public'], cc: [], oneOf: [{ type: 'Note', name: 'Here' }, { type: 'Note', name: 'There' }],
    });
    remote.documents.set(id, remote.documents.get(new URL(id).pathname) as JsonObject);
    const theirs = await copyOf(alice, id);
    expect(theirs).toMatchObject({ expiresAt: null, expired: false, votersCount: null });
    await alice.v1.polls.$select(theirs.id).votes.create({ choices: [1] });
    const { activity } = await remote.untilPost('the vote', ({ type, activity: sent }) => type === 'Create' && (sent?.['object'] as JsonObject | undefined)?.['name'] === 'There');
    expect(activity).toMatchObject({ to: [person.id], cc: [], object: { type: 'Note', name: 'There', inReplyTo: id, attributedTo: people.alice.account.uri, to: [person.id] } });
    expect(activity?.['object']).not.toHaveProperty('content');
  });
});
