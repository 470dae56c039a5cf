import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { ApiClient, freePort, ScriptedRemote, SplitServer, startTestServer, unsettled, until, type TestPerson, type TestServer } from '../src/index.js';

// Real processes are started, killed and started again.
jest.setTimeout(420_000);

const POSTS = 500;
const AT_ONCE = 6;
/** Tries of one post, with its Idempotency-Key, while services are down. */
const TRIES_MAX = 200;

interface StatusJson {
  id: string;
  uri: string;
  content: string;
}

let split: SplitServer;
let away: TestServer;
let remote: ScriptedRemote;
let alice: TestPerson;
let dora: TestPerson;
let bob: TestPerson;

beforeAll(async () => {
  remote = await ScriptedRemote.start();
  const awayPort = await freePort();
  split = await SplitServer.start({ replicas: 2, peers: [`localhost:${awayPort}`, remote.host] });
  away = await startTestServer({ port: awayPort, peers: [split.domain] });
  alice = await split.operator.person('alice');
  dora = await split.operator.person('dora');
  bob = await away.person('bob');
});

afterAll(async () => {
  await split?.stop();
  await away?.stop();
  await remote?.stop();
});

/** As a client app does it: the same key again until there is an answer. */
async function post(api: ApiClient, text: string): Promise<StatusJson> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const answer = await api.ask<StatusJson>('POST', '/api/v1/statuses', { status: text }, { 'idempotency-key': text });
      if (answer.status === 200) return answer.body;
      if (answer.status < 500 && answer.status !== 429) throw new TypeError(`${answer.status} ${JSON.stringify(answer.body)}`);
    } catch (error) {
      // A refused or cut connection: the process that had it was killed.
      if (error instanceof TypeError && !/fetch failed|terminated/.test(error.message)) throw error;
    }
    if (attempt === TRIES_MAX) throw new Error(`no answer for ${text}`);
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
}

async function wholeHome(api: ApiClient): Promise<StatusJson[]> {
  const all: StatusJson[] = [];
  for (let maxId = ''; ; ) {
    const page = await api.get<StatusJson[]>(`/api/v1/timelines/home?limit=40${maxId === '' ? '' : `&max_id=${maxId}`}`);
    all.push(...page);
    const last = page.at(-1);
    if (last === undefined) return all;
    maxId = last.id;
  }
}

/** How often each text stands in a list. */
const tally = (statuses: readonly StatusJson[]): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const status of statuses) counts.set(status.uri, (counts.get(status.uri) ?? 0) + 1);
  return counts;
};

test(`${POSTS} posts while each service is killed in turn: none lost, none twice in a feed, none held twice by a peer`, async () => {
  const aliceApi = new ApiClient(split.url, alice.token);
  const doraApi = new ApiClient(split.url, dora.token);
  await doraApi.post(`/api/v1/accounts/${alice.account.id}/follow`);
  await doraApi.get('/api/v1/timelines/home');
  const found = await bob.api.get<{ accounts: { id: string }[] }>(`/api/v2/search?resolve=true&q=alice@${split.domain}`);
  await bob.api.post(`/api/v1/accounts/${found.accounts[0]?.id}/follow`);
  await bob.api.get('/api/v1/timelines/home');
  await remote.follow(alice.account.uri, `${split.url}/inbox`);
  await until('both remote follows', async () => (await split.operator.backbone.store.accountsByIds([alice.account.id]))[0]?.followersCount === 3);

  const posted: StatusJson[] = [];
  const apps = split.apps;
  let next = 0;
  const writers = Array.from({ length: AT_ONCE }, async () => {
    while (next < POSTS) {
      const number = (next += 1);
      posted.push(await post(aliceApi, `Post ${number} of ${POSTS}`));
    }
  });
  for (const [index, app] of apps.entries()) {
    await until(`posts before ${app} is killed`, () => posted.length >= (index * POSTS) / (apps.length + 1), 120_000);
    split.kill(app);
    await split.ready(app);
  }
  await Promise.all(writers);

  expect(new Set(posted.map((status) => status.uri)).size).toBe(POSTS);
  await until('everything delivered', async () => {
    const left = [...(await unsettled(split.operator.backbone.db)), ...(await unsettled(away.backbone.db))];
    if (left.length > 0) throw new Error(left.join(', '));
    return remote.received.size >= POSTS;
  }, 180_000);

  const wanted = posted.map((status) => status.uri);
  for (const [reader, api] of [['dora', doraApi], ['bob', bob.api]] as const) {
    const counts = tally(await wholeHome(api));
    expect({ reader, missing: wanted.filter((uri) => !counts.has(uri)), twice: [...counts].filter(([, count]) => count > 1) }).toEqual({ reader, missing: [], twice: [] });
  }
  const held = await away.backbone.db.query<{ uri: string; count: number }>(
    'SELECT uri, count(*)::int AS count FROM social.statuses WHERE NOT local GROUP BY uri LIMIT 1000',
  );
  expect(held.filter((row) => row.count !== 1)).toEqual([]);
  expect(new Set(held.map((row) => row.uri))).toEqual(new Set(wanted));
  const creates = [...remote.received.values()].filter((activity) => activity.type === 'Create');
  expect(new Set(creates.map((activity) => activity.id)).size).toBe(POSTS);
  const repeated = creates.reduce((sum, activity) => sum + activity.count - 1, 0);
  console.log(`${POSTS} posts, ${apps.length} services killed; ${repeated} repeated POSTs to one peer, each under its first id`);
});
