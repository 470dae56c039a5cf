import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { ScriptedRemote, startTestServer, until, type JsonObject, type TestPerson, type TestServer } from '../src/index.js';
import { EventSource } from './event-source.js';

jest.setTimeout(120_000);

let rem: ScriptedRemote;
let server: TestServer;
let copy: TestServer;
let alice: TestPerson;
let bob: TestPerson;
beforeAll(async () => {
  rem = await ScriptedRemote.start({ name: 'rem' });
  server = await startTestServer({ peers: [rem.host] });
  copy = await startTestServer({ sharing: server });
  [alice, bob] = [await server.person('alice'), await server.person('bob')];
});
afterAll(async () => {
  await copy.stop();
  await Promise.all([server, rem].map((one) => one.stop()));
});

interface PollJson {
  readonly expired: boolean;
  readonly votes_count: number;
  readonly voters_count: number | null;
  readonly options: readonly { readonly title: string; readonly votes_count: number | null }[];
}

const HOUR_MS = 3_600_000;
const iso = (offsetMs: number): string => new Date(Date.now() + offsetMs).toISOString();
const option = (name: string, totalItems: number): JsonObject => ({ type: 'Note', name, replies: { type: 'Collection', totalItems } });
const question = (tea: number, rum: number, extra: JsonObject = {}): JsonObject => ({
  type: 'Question', oneOf: [option('Tea', tea), option('Rum', rum)], votersCount: tea + rum, endTime: iso(HOUR_MS), published: iso(-HOUR_MS), ...extra,
});
const stand = (note: JsonObject & { id: string }, tea: number, rum: number, extra: JsonObject = {}): void => void rem.documents.set(note.id, { ...note, ...question(tea, rum), endTime: note['endTime'], ...extra });

async function open(address: string): Promise<string> {
  const found = await alice.api.get<{ statuses: { id: string }[] }>(`/api/v2/search?resolve=true&type=statuses&q=${encodeURIComponent(address)}`);
  return found.statuses[0]?.id ?? '';
}
const pollOf = (id: string, person = alice) => person.api.get<PollJson>(`/api/v1/polls/${id}`);
const asked = (note: { id: string }): number => rem.gets.filter((target) => rem.baseUrl + target === note.id).length;
const counted = (id: string, tea: number) => until(`${tea} votes for tea`, async () => {
  const poll = await pollOf(id);
  return poll.options[0]?.votes_count === tea ? poll : null;
});
const readingDone = (id: string) => until('the reading to end', async () => (await server.backbone.readings.stateOf('poll', id as never))?.state === 'done');
/** A minute passes after the last reading, which ends a moment after its counts are shown. */
async function rest(id: string): Promise<void> {
  await readingDone(id);
  await server.backbone.db.query(`UPDATE federation.readings SET finished_at = finished_at - interval '61 seconds' WHERE kind = 'poll'`);
}

test('a poll of another server is asked for when somebody looks at it, once a minute by all copies, and its counts are no edit', async () => {
  const note = rem.person.note('tea?', question(1, 2));
  const id = await open(note.id);
  const before = asked(note);
  const stream = await EventSource.open(`${server.url}/api/v1/streaming/public`, alice.token);
  stand(note, 5, 2);
  const { headers } = await alice.api.ask('GET', `/api/v1/statuses/${id}`);
  expect(headers.get('mastodon-async-refresh')).toMatch(new RegExp(`^id="poll-${id}", `));
  await Promise.all([pollOf(id), pollOf(id, bob), fetch(`${copy.url}/api/v1/polls/${id}`, { headers: { authorization: `Bearer ${bob.token}` } })]);
  expect(await counted(id, 5)).toMatchObject({ votes_count: 7, voters_count: 7, expired: false });
  expect(asked(note)).toBe(before + 1);
  const status = await alice.api.get<{ edited_at: string | null; poll: PollJson }>(`/api/v1/statuses/${id}`);
  expect(status).toMatchObject({ edited_at: null, poll: { votes_count: 7 } });
  const { data } = await stream.next('open streams to be told', ({ event }) => event === 'status.update');
  stream.close();
  expect(JSON.parse(data)).toMatchObject({ id, edited_at: null, poll: { votes_count: 7 } });

  stand(note, 6, 2);
  await pollOf(id);
  expect(asked(note)).toBe(before + 1);
  await rest(id);
  await pollOf(id);
  await counted(id, 6);
  expect(asked(note)).toBe(before + 2);
});

test('strangers cause no reading, and a poll that cannot be read stays as it is', async () => {
  const note = rem.person.note('coffee?', question(3, 0));
  const id = await open(note.id);
  const before = asked(note);
  expect((await fetch(`${server.url}/api/v1/polls/${id}`)).status).toBe(200);
  expect(await server.backbone.readings.stateOf('poll', id as never)).toBeNull();
  rem.documents.delete(note.id);
  await pollOf(id);
  await readingDone(id);
  expect(asked(note)).toBe(before + 1);
  expect(await pollOf(id)).toMatchObject({ votes_count: 3, expired: false });
});

test('one that is closed early ends here, is told to who voted, and is not asked for when its outcome is known', async () => {
  const note = rem.person.note('rum?', question(1, 1));
  const id = await open(note.id);
  await bob.api.post(`/api/v1/polls/${id}/votes`, { choices: [1] });
  stand(note, 4, 9, { closed: true });
  await pollOf(id);
  expect(await counted(id, 4)).toMatchObject({ expired: true, votes_count: 13 });
  const told = await until('bob to be told', async () => (await bob.api.get<{ status: { id: string } }[]>('/api/v1/notifications?types[]=poll')).find(({ status }) => status.id === id));
  expect(told).toBeDefined();
  expect(await alice.api.get('/api/v1/notifications?types[]=poll')).toEqual([]);
});

test('the outcome of one that somebody here voted in is asked for when it ends, though nobody looks', async () => {
  const note = rem.person.note('cake?', question(1, 1));
  const quiet = rem.person.note('pie?', question(1, 1));
  const [id, other] = [await open(note.id), await open(quiet.id)];
  await bob.api.post(`/api/v1/polls/${id}/votes`, { choices: [0] });
  const [before, untouched] = [asked(note), asked(quiet)];
  stand(note, 20, 30);
  await server.backbone.db.query(`UPDATE social.polls SET ends_at = now() - interval '1 second' WHERE status_id = ANY($1::bigint[])`, [[id, other]]);
  await until('its outcome to be asked for', async () => (await server.backbone.readings.stateOf('poll', id as never)) !== null);
  await server.backbone.db.query(`UPDATE federation.readings SET not_before = now() WHERE kind = 'poll' AND state = 'waiting'`);
  await until('its outcome', () => asked(note) === before + 1);
  await until('bob to be told', async () => (await bob.api.get<{ status: { id: string } }[]>('/api/v1/notifications?types[]=poll')).some(({ status }) => status.id === id));
  expect(asked(quiet)).toBe(untouched);
});
