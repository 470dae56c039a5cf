import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Poll, Status } from '@trunkline/domain';
import type { AccountId } from '@trunkline/kernel';
import { voteInPoll } from '@trunkline/social';
import type { TestPerson } from '@trunkline/testing';
import { InboxBench } from './inbox-bench.js';
import type { PeerActor } from './scripted-peer.js';

jest.setTimeout(60_000);

let bench: InboxBench;
/** Here; Alice follows Amy. */
let alice: TestPerson;
let bob: TestPerson;
/** There: Amy and Ned share a server, Eve has her own. */
let amy: PeerActor;
let ned: PeerActor;
let eve: PeerActor;

beforeAll(async () => {
  bench = await InboxBench.start();
  [alice, bob] = [await bench.server.person('alice'), await bench.server.person('bob')];
  [amy, ned, eve] = [bench.peer.actor('amy'), bench.peer.actor('ned'), bench.other.actor('eve')];
  await bench.follows(alice, amy);
});
afterAll(async () => bench?.stop());

const HOUR_MS = 3_600_000;
const inAnHour = (): Date => new Date(Date.now() + HOUR_MS);
const option = (name: string, totalItems?: unknown): object => ({ type: 'Note', name, replies: { type: 'Collection', totalItems } });

const question = (more: Readonly<Record<string, unknown>> = {}) =>
  bench.peer.note(amy, {
    type: 'Question',
    content: '<p>What shall it be?</p>',
    oneOf: [option('Tea', 3), option('Rum', 1)],
    votersCount: 4,
    endTime: inAnHour().toISOString(),
    ...more,
  });

async function received(more: Readonly<Record<string, unknown>> = {}): Promise<{ json: ReturnType<typeof question>; status: Status }> {
  const json = question(more);
  expect(await bench.apply(amy, bench.peer.activity('Create', amy, json))).toBe('applied');
  return { json, status: await stored(json.id) };
}

async function stored(uri: string): Promise<Status> {
  const status = await bench.status(uri);
  if (status === undefined) throw new Error(`${uri} is not here`);
  return status;
}

const votesOf = ({ poll }: Status): (number | null)[] => (poll === null ? [] : poll.options.map(({ votes }) => votes));

const ask = (poll: Partial<Poll> = {}): Promise<Status> =>
  bench.publish(alice, {
    text: 'Which?',
    poll: { multiple: false, hidesTotals: false, options: ['Red', 'Green', 'Blue'].map((title) => ({ title, votes: 0 })), votersCount: 0, endsAt: inAnHour(), closed: false, ...poll },
  });

const vote = (voter: PeerActor, poll: Pick<Status, 'uri'>, name: string): Record<string, unknown> & { id: string } =>
  bench.peer.note(voter, { content: undefined, name, inReplyTo: poll.uri, to: [alice.account.uri], cc: [], id: `${voter.uri}/votes/${name}/${Math.random()}` });

describe('a poll of another server', () => {
  test('is kept with its options and tallies; the text does not repeat them', async () => {
    const { status } = await received();
    expect(status).toMatchObject({
      content: '<p>What shall it be?</p>',
      poll: { multiple: false, votersCount: 4, closed: false, options: [{ title: 'Tea', votes: 3 }, { title: 'Rum', votes: 1 }], endsAt: expect.any(Date) },
    });
  });

  test.each([
    ['S022 negative, fractional and infinite counts', { oneOf: [option('Tea', -5), option('Rum', 1.5), option('Gin', 1e308), option('Ale', '9')], votersCount: -1 }, [null, null, null, 9], null],
    ['S022 a count that no planet has people for', { oneOf: [option('Tea', Number.MAX_SAFE_INTEGER), option('Rum', 0)] }, [10_000_000_000, 0], 4],
    ['counts that are not told', { oneOf: [option('Tea'), option('Rum')], votersCount: null }, [null, null], null],
  ])('%s', async (_name, more, votes, voters) => {
    const { status } = await received(more);
    expect([votesOf(status), status.poll?.votersCount]).toEqual([votes, voters]);
  });

  test.each([
    ['Mastodon: the date of its end', { closed: '2026-01-01T00:00:00Z' }, true, '2026-01-01T00:00:00.000Z'],
    ['Pleroma: a date to come', { closed: '2096-01-01T00:00:00Z', endTime: undefined }, false, '2096-01-01T00:00:00.000Z'],
    ['a bool', { closed: true, endTime: null }, true, undefined],
    ['Misskey, Smithereen: no end at all', { endTime: null }, false, undefined],
    ['an end that is no date', { endTime: 'tomorrow' }, false, undefined],
  ])('closed, %s', async (_name, more, closed, endsAt) => {
    const { status } = await received(more);
    expect([status.poll?.closed, status.poll?.endsAt?.toISOString()]).toEqual([closed, endsAt]);
  });

  test('S084 of 50,000 options the first 500 are kept', async () => {
    const { status } = await received({ oneOf: Array.from({ length: 2_000 }, (_, n) => ({ type: 'Note', name: `${n}` })) });
    expect(status.poll?.options).toHaveLength(500);
  });

  test('new tallies are no edit, with a date or without', async () => {
    const { json } = await received();
    const later = { ...json, oneOf: [option('Tea', 30), option('Rum', 10)], votersCount: 40 };
    expect(await bench.apply(amy, bench.peer.activity('Update', amy, later))).toBe('applied');
    expect([votesOf(await stored(json.id)), (await stored(json.id)).editedAt]).toEqual([[30, 10], null]);
    const dated = { ...later, oneOf: [option('Tea', 31), option('Rum', 10)], updated: new Date(Date.now() + 1_000).toISOString() };
    expect(await bench.apply(amy, bench.peer.activity('Update', amy, dated))).toBe('applied');
    const status = await stored(json.id);
    expect([votesOf(status), status.editedAt, await bench.server.backbone.store.statusEdits(status.id, 10)]).toEqual([[31, 10], null, []]);
  });

  test('other options, without a date, are not believed; dated they take the place of the old ones and of the votes', async () => {
    const { json, status } = await received();
    expect(await voteInPoll(bench.server.backbone, bob.account.id, status.id, [0])).toMatchObject({ ok: true });
    const other = { ...json, oneOf: [option('Milk', 0), option('Rum', 0)] };
    await bench.apply(amy, bench.peer.activity('Update', amy, other));
    expect((await stored(json.id)).poll?.options[0]?.title).toBe('Tea');
    await bench.apply(amy, bench.peer.activity('Update', amy, { ...other, updated: new Date(Date.now() + 1_000).toISOString() }));
    const edited = await stored(json.id);
    expect([edited.poll?.options[0]?.title, edited.editedAt]).toEqual(['Milk', expect.any(Date)]);
    expect((await bench.server.backbone.store.ownAnswers(bob.account.id, [status.id])).get(status.id)?.choices).toEqual([]);
  });

  test('S022 nobody else tells how it stands, not on the same host either', async () => {
    const { json } = await received();
    const forged = { ...json, oneOf: [option('Tea', 0), option('Rum', 99)] };
    // A neighbour's word has the poll's own address asked.
    expect(await bench.apply(ned, bench.peer.activity('Update', ned, forged))).toBe('applied');
    expect(votesOf(await stored(json.id))).toEqual([3, 1]);
    expect(await bench.apply(eve, bench.other.activity('Update', eve, forged))).toBe('ignored: foreign_object');
    expect(await bench.apply(ned, bench.peer.activity('Update', ned, { ...forged, attributedTo: ned.uri }))).toBe('ignored: foreign_author');
    expect(votesOf(await stored(json.id))).toEqual([3, 1]);
  });

  test('somebody here votes: it counts at once, its server is told, and a second vote is refused', async () => {
    const { status } = await received();
    const told = await bench.events('status.voted.v1');
    expect(await voteInPoll(bench.server.backbone, bob.account.id, status.id, [1])).toMatchObject({ ok: true });
    expect(votesOf(await stored(status.uri))).toEqual([3, 2]);
    expect(await bench.events('status.voted.v1')).toBe(told + 1);
    expect(await voteInPoll(bench.server.backbone, bob.account.id, status.id, [0])).toMatchObject({ ok: false, error: { code: 'voted_before' } });
  });
});

describe('votes of others on a poll from here', () => {
  test('one Note a choice; counted once, with the person', async () => {
    const poll = await ask();
    const [first, again] = [vote(ned, poll, 'Green'), vote(ned, poll, 'Red')];
    expect(await bench.apply(ned, bench.peer.activity('Create', ned, first))).toBe('applied');
    expect(await bench.apply(ned, bench.peer.activity('Create', ned, first))).toBe('ignored: voted_before');
    expect(await bench.apply(ned, bench.peer.activity('Create', ned, again))).toBe('ignored: voted_before');
    expect(await bench.apply(eve, bench.other.activity('Create', eve, vote(eve, poll, 'Green')))).toBe('applied');
    const { poll: standing, repliesCount } = await stored(poll.uri);
    expect([standing?.options.map(({ votes }) => votes), standing?.votersCount, repliesCount]).toEqual([[0, 2, 0], 2, 0]);
    expect(await bench.status(first.id)).toBeUndefined();
  });

  test('several choices, one by one (Mastodon) or packed into one activity (GoToSocial)', async () => {
    const poll = await ask({ multiple: true });
    expect(await bench.apply(ned, bench.peer.activity('Create', ned, vote(ned, poll, 'Red')))).toBe('applied');
    expect(await bench.apply(ned, bench.peer.activity('Create', ned, vote(ned, poll, 'Blue')))).toBe('applied');
    expect(await bench.apply(eve, bench.other.activity('Create', eve, [vote(eve, poll, 'Red'), vote(eve, poll, 'Green')]))).toBe('applied');
    const { poll: standing } = await stored(poll.uri);
    expect([standing?.options.map(({ votes }) => votes), standing?.votersCount]).toEqual([[2, 1, 1], 2]);
  });

  test('for one choice two in one activity count for nothing', async () => {
    const poll = await ask();
    expect(await bench.apply(ned, bench.peer.activity('Create', ned, [vote(ned, poll, 'Red'), vote(ned, poll, 'Green')]))).toBe('ignored: one_choice');
    expect(votesOf(await stored(poll.uri))).toEqual([0, 0, 0]);
  });

  test('only what there is, by whoever may see it, and not after its end', async () => {
    const poll = await ask();
    expect(await bench.apply(ned, bench.peer.activity('Create', ned, vote(ned, poll, 'Violet')))).toBe('ignored: unknown_choice');
    expect(await bench.apply(ned, bench.peer.activity('Create', ned, vote(ned, await bench.publish(alice), 'Red')))).toBe('ignored: unknown_poll');
    const secret = await bench.publish(alice, { visibility: 'private', poll: poll.poll });
    expect(await bench.apply(ned, bench.peer.activity('Create', ned, vote(ned, secret, 'Red')))).toBe('ignored: not_visible');
    const past = await ask({ endsAt: new Date(Date.now() - 1_000) });
    expect(await bench.apply(ned, bench.peer.activity('Create', ned, vote(ned, past, 'Red')))).toBe('ignored: poll_ended');
  });

  test('S214 a vote that another one signs, or that names another as its author, counts for nobody', async () => {
    const poll = await ask();
    const theirs = vote(ned, poll, 'Red');
    expect(await bench.apply(amy, bench.peer.activity('Create', amy, { ...theirs, attributedTo: eve.uri }))).toBe('ignored: foreign_author');
    expect(await bench.apply(eve, bench.other.activity('Create', eve, theirs))).toBe('ignored: foreign_object');
    expect(votesOf(await stored(poll.uri))).toEqual([0, 0, 0]);
  });

  test('S214 of 50 votes of one person at once one counts, of 50 people all do', async () => {
    const { store, ids } = bench.server.backbone;
    const poll = await ask();
    const ballot = (accountId: AccountId, choice: number) => ({ statusId: poll.id, accountId, votes: [{ id: ids.next(), choice, uri: null }], more: true });
    const cast = async (choice: number): Promise<string | undefined> => (await store.transaction((tx) => tx.insertBallots([ballot(bob.account.id, choice)])))[0];
    const outcomes = await Promise.all(Array.from({ length: 50 }, (_, n) => cast(n % 3)));
    expect(outcomes.filter((outcome) => outcome === 'voted')).toHaveLength(1);
    // In five transactions at once, ten in each, in one of which somebody votes twice.
    const people = Array.from({ length: 50 }, () => ids.next() as AccountId);
    const crowd = await Promise.all(
      Array.from({ length: 5 }, (_, n) => {
        const ballots = people.slice(n * 10, n * 10 + 10).map((id, place) => ballot(id, place % 3));
        return store.transaction((tx) => tx.insertBallots(n === 0 ? [...ballots, ballot(people[0] as AccountId, 2)] : ballots));
      }),
    );
    expect(crowd.flat().filter((outcome) => outcome !== 'voted')).toEqual(['voted_before']);
    const { poll: standing } = await stored(poll.uri);
    expect([standing?.options.reduce((sum, { votes }) => sum + (votes ?? 0), 0), standing?.votersCount]).toEqual([51, 51]);
  });

  test('S214 one’s own poll takes no vote', async () => {
    const poll = await ask();
    expect(await voteInPoll(bench.server.backbone, alice.account.id, poll.id, [0])).toMatchObject({ ok: false, error: { code: 'own_poll' } });
  });

  test('they are told to others as one, and its end once', async () => {
    const { store, db } = bench.server.backbone;
    const take = (untoldMs: number) => store.transaction((tx) => tx.takeDuePolls({ untoldMs, limit: 100 }));
    await take(0);
    const poll = await ask();
    await bench.apply(ned, bench.peer.activity('Create', ned, vote(ned, poll, 'Red')));
    await bench.apply(eve, bench.other.activity('Create', eve, vote(eve, poll, 'Red')));
    expect(await take(HOUR_MS)).toEqual([]);
    expect(await take(0)).toEqual([{ statusId: poll.id, authorId: alice.account.id, local: true, ended: false }]);
    expect(await take(0)).toEqual([]);
    await db.query(`UPDATE social.polls SET ends_at = now() WHERE status_id = $1`, [poll.id]);
    expect(await take(0)).toEqual([{ statusId: poll.id, authorId: alice.account.id, local: true, ended: true }]);
    expect([await take(0), (await stored(poll.uri)).poll?.closed]).toEqual([[], true]);
  });
});
