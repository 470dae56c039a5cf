import { once } from 'node:events';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { ScriptedRemote, startTestServer, until, type TestPerson, type TestServer } from '../src/index.js';
import { befriend, type StatusJson } from './foreign-ties.js';
import { KeepAliveClient } from './keep-alive-client.js';

jest.setTimeout(180_000);

const WRITERS = 4;
const POSTS = 80;
const NOTES = 60;
/** Long enough for every client to come back once on its kept connection, and be told to go elsewhere. */
const LINGER_MS = 4_000;

let home: TestServer;
let copy: TestServer;
let third: TestServer | undefined;
let remote: ScriptedRemote;
let alice: TestPerson;
let dora: TestPerson;

beforeAll(async () => {
  remote = await ScriptedRemote.start();
  home = await startTestServer({ peers: [remote.host], env: { SHUTDOWN_LINGER_MS: String(LINGER_MS) } });
  copy = await startTestServer({ sharing: home });
  [alice, dora] = [await home.person('alice'), await home.person('dora')];
  await dora.api.get('/api/v1/timelines/home');
  await dora.api.post(`/api/v1/accounts/${alice.account.id}/follow`);
  await befriend(home, alice, remote);
  await befriend(home, dora, remote);
});
afterAll(async () => {
  await third?.stop();
  await copy?.stop();
  await home?.stop();
  await remote?.stop();
});

/** Posts one after the other on one kept connection. @returns what was answered with 200 */
async function write(client: KeepAliveClient, numbers: Iterator<number>, text: string): Promise<StatusJson[]> {
  const made: StatusJson[] = [];
  for (let next = numbers.next(); next.done !== true; next = numbers.next()) {
    const answer = await client.post('/api/v1/statuses', { authorization: `Bearer ${alice.token}` }, JSON.stringify({ status: `${text} ${next.value}` }));
    if (answer.status !== 200) throw new Error(`${answer.status} ${answer.body}`);
    made.push(JSON.parse(answer.body) as StatusJson);
  }
  return made;
}

function* upTo(count: number, at: { value: number }): Generator<number> {
  while (at.value < count) yield (at.value += 1);
}

/** The remote sends notes to the first of the servers that takes them, as often as it must. @returns the notes' ids */
async function sendNotes(servers: TestServer[], count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let number = 1; number <= count; number += 1) {
    const note = remote.person.note(`Note ${number}`);
    const activity = remote.person.create(note);
    for (let isTaken = false; !isTaken; ) {
      const [server] = servers;
      if (server === undefined) throw new Error('nobody takes the note');
      const answer = await remote.sendActivity(`${server.url}/inbox`, activity, { host: home.domain }).catch(() => null);
      if (answer !== null && answer.status !== 202) throw new Error(`${answer.status} ${answer.body}`);
      if (answer === null) servers.shift();
      else isTaken = true;
    }
    ids.push(note.id);
  }
  return ids;
}

/** Everything in dora's home timeline, by how often it stands there. */
async function homeOf(person: TestPerson, server: TestServer): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (let maxId = ''; ; ) {
    const answer = await fetch(new URL(`/api/v1/timelines/home?limit=40${maxId}`, server.url), { headers: { authorization: `Bearer ${person.token}` } });
    const page = (await answer.json()) as StatusJson[];
    for (const { uri } of page) counts.set(uri, (counts.get(uri) ?? 0) + 1);
    const last = page.at(-1);
    if (last === undefined) return counts;
    maxId = `&max_id=${last.id}`;
  }
}

async function expectAllOnce(server: TestServer, wanted: readonly string[]): Promise<void> {
  await server.settled();
  const counts = await homeOf(dora, server);
  expect({ missing: wanted.filter((uri) => !counts.has(uri)), twice: [...counts].filter(([, count]) => count > 1) }).toEqual({ missing: [], twice: [] });
}

/** Which posts the remote holds, and how many POSTs that took beyond one each. */
const deliveredOf = (posted: readonly StatusJson[]): { missing: string[]; repeats: number } => {
  const creates = remote.accepted('Create').map(({ body }) => body);
  const all = [...remote.received.values()].filter(({ type }) => type === 'Create');
  return { missing: posted.flatMap(({ uri }) => (creates.some((body) => body.includes(`"${uri}"`)) ? [] : [uri])), repeats: all.reduce((sum, { count }) => sum + count - 1, 0) };
};

test('one of two copies stops under load: no request is cut off, no work is lost or done twice', async () => {
  const socket = new WebSocket(`${copy.url.replace('http', 'ws')}/api/v1/streaming?stream=user&access_token=${dora.token}`);
  await once(socket, 'open');
  const closed = once(socket, 'close') as Promise<[CloseEvent]>;

  const clients = Array.from({ length: WRITERS }, () => new KeepAliveClient([copy.url, home.url]));
  const at = { value: 0 };
  const writing = Promise.all(clients.map((client) => write(client, upTo(POSTS, at), 'Post')));
  const sending = sendNotes([copy, home], NOTES);
  await until('a third of the posts', () => at.value > POSTS / 3);
  const report = await copy.service.stop();
  expect(report).toEqual({ drained: true, failures: [], unfinished: [] });
  const [posted, notes] = [(await writing).flat(), await sending];
  for (const client of clients) client.close();

  expect(posted).toHaveLength(POSTS);
  for (const client of clients) expect([...client.answered.keys()]).toEqual([copy.url, home.url]);
  // 1012: the service restarts. 1006 would be a connection that was cut.
  expect((await closed)[0].code).toBe(1012);
  await expectAllOnce(home, [...posted.map(({ uri }) => uri), ...notes]);
  expect(deliveredOf(posted)).toEqual({ missing: [], repeats: 0 });
});

test('the last copy stops in the middle of its work: the next one finishes it', async () => {
  const client = new KeepAliveClient([home.url]);
  const at = { value: 0 };
  const posted = await write(client, upTo(20, at), 'Late');
  const notes = await sendNotes([home], 10);
  const stopping = home.service.stop();
  client.close();
  expect(await stopping).toMatchObject({ failures: [], unfinished: [] });
  third = await startTestServer({ sharing: home, port: home.service.port });
  await expectAllOnce(third, [...posted.map(({ uri }) => uri), ...notes]);
  expect(deliveredOf(posted)).toEqual({ missing: [], repeats: 0 });
});
