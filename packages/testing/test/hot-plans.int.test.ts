import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Database } from '@trunkline/persistence';
import { ScriptedRemote, startTestServer, TestServer, unsettled, until, type TestPerson } from '../src/index.js';
import { seedLargeStore } from './large-store.js';
import { genericPlan, plannedAnew, RecordedStatements } from './recorded-statements.js';

/** Tables that are read whole, since they stay small whatever the server holds. */
const SMALL: ReadonlyMap<string, string> = new Map([
  ['hosts', 'read whole when a copy starts, afterwards what changed since'],
  ['workers', 'at most 1,024 rows: one a running process'],
  ['leases', 'one row a task of the leader'],
  ['version', 'one row'],
  ['domain_rules', 'what moderators wrote'],
  ['domain_allows', 'what moderators wrote'],
  ['settings', 'one row'],
  ['server_rules', 'what moderators wrote'],
  ['relays', 'what moderators wrote; asked for when what is in memory is old'],
  ['suspects', 'what is being handled right now'],
  ['pulled_authors', 'one row for each author with hundreds of thousands of followers here'],
  ['instance_key', 'one row'],
  ['readings', 'what people opened within a month; of those that wait there are at most a thousand, with an index of their own'],
]);

/** Asked every few seconds by one process: what of its quotes is looked at again. */
const RARE = 'SET looks =';

let server: TestServer;
let remote: ScriptedRemote;
let reader: TestPerson;
let writer: TestPerson;
/** Not the server's: what this test asks is no hot path. */
let lookout: Database;
let recorded: RecordedStatements;

beforeAll(async () => {
  remote = await ScriptedRemote.start({ name: 'rae' });
  server = await startTestServer({ peers: [remote.host] });
  lookout = await Database.connect({ url: server.database.url, poolMax: 2, applicationName: 'lookout' });
  [reader, writer] = [await server.person('reader'), await server.person('writer')];
  await reader.api.post(`/api/v1/accounts/${writer.account.id}/follow`);
  await remote.follow(writer.account.uri, `http://${server.domain}/inbox`);
  const [rae] = (await reader.api.get<{ accounts: { id: string }[] }>(`/api/v2/search?q=@${remote.person.handle}&resolve=true`)).accounts;
  await reader.api.post(`/api/v1/accounts/${rae?.id}/follow`);
  const follow = await remote.untilPost('a Follow', (post) => post.type === 'Follow');
  await remote.sendActivity(`http://${server.domain}/inbox`, remote.person.activity('Accept', follow.activity ?? {}));
  await reader.api.get('/api/v1/timelines/home');
  await settled();
  recorded = new RecordedStatements(server.backbone.db);
}, 90_000);

afterAll(async () => {
  await lookout.close();
  await server.stop();
  await remote.stop();
});

const settled = (): Promise<unknown> => until('the server to be settled', async () => (await unsettled(lookout)).length === 0);

/** Each hot path once: a remote post in, a local post out to a follower here and one there, a reply, a boost, a favourite, and a page read. */
async function walkHotPaths(): Promise<void> {
  const inbox = `http://${server.domain}/inbox`;
  const note = remote.person.note(`<p>Hello <a href="${reader.account.uri}">@reader</a> #trains</p>`, {
    tag: [{ type: 'Mention', href: reader.account.uri, name: `@${reader.handle}` }, { type: 'Hashtag', name: '#trains', href: `${remote.baseUrl}/tags/trains` }],
    cc: [remote.person.followers, reader.account.uri],
  });
  await remote.sendActivity(inbox, remote.person.activity('Create', note));
  const { id, uri } = await writer.api.post<{ id: string; uri: string }>('/api/v1/statuses', { status: 'A train left the yard #trains' });
  await remote.sendActivity(inbox, remote.person.activity('Like', uri));
  await remote.sendActivity(inbox, remote.person.activity('Announce', uri));
  await settled();
  await reader.api.post('/api/v1/statuses', { status: 'On time', in_reply_to_id: id });
  await reader.api.post(`/api/v1/statuses/${id}/favourite`);
  await settled();
  const page = await reader.api.get<{ content: string }[]>('/api/v1/timelines/home');
  expect(page.length).toBeGreaterThanOrEqual(3);
  await reader.api.get(`/api/v1/timelines/home?max_id=${id}`);
}

/** Days of which nothing, or hardly anything, is stored here: the planner reads them whole, and little it is. */
async function emptyPartitions(): Promise<Set<string>> {
  const rows = await lookout.query<{ name: string }>('SELECT relname AS name FROM pg_class WHERE relispartition AND reltuples < 5000 LIMIT 1000');
  return new Set(rows.map((row) => row.name));
}

test('no statement of a hot path reads a whole table, however little its plan knows of the parameters', async () => {
  await recorded.during(walkHotPaths);
  // Each path was recorded: without it this test would say nothing of it.
  for (const table of ['federation.inbound', 'social.statuses', 'events.outbox', 'events.done', 'social.follows', 'federation.delivery_chunks', 'timeline.notifications', 'identity.tokens']) {
    expect([...recorded.asked.keys()].some((text) => text.includes(table))).toBe(true);
  }
  await seedLargeStore(lookout);
  const empty = await emptyPartitions();
  const whole: { text: string; tables: string[] }[] = [];
  for (const text of recorded.asked.keys()) {
    const plan = await lookout.transaction((tx) => genericPlan(tx, text));
    const tables = [...plan.matchAll(/Seq Scan on (\w+)/g)].map(([, table]) => table ?? '').filter((table) => !SMALL.has(table) && !empty.has(table));
    if (tables.length > 0) whole.push({ text: text.replaceAll(/\s+/g, ' ').slice(0, 300), tables });
  }
  expect(whole).toEqual([]);
}, 90_000);

test('a statement of a hot path is planned a few times on a connection, not each time', async () => {
  const always: string[] = [];
  let looked = 0;
  for (const [text, values] of recorded.asked) {
    if (values.length === 0) continue;
    const planned = await lookout.transaction((tx) => plannedAnew(tx, text, values, 12));
    if (planned === null) continue;
    looked += 1;
    if (planned > 6 && !text.includes(RARE)) always.push(text.replaceAll(/\s+/g, ' ').slice(0, 200));
  }
  expect(looked).toBeGreaterThan(40);
  expect(always).toEqual([]);
}, 90_000);

test('a statement that no index serves would be caught', async () => {
  const plan = await lookout.transaction((tx) => genericPlan(tx, 'SELECT id FROM social.statuses WHERE content = $1 LIMIT 5'));
  expect(plan).toContain('Seq Scan on statuses');
});
