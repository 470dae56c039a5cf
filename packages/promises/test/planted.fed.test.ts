import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { ScriptedRemote, startTestServer, type TestServer } from '@trunkline/testing';
import { checkHistory, type Report } from '../src/check/checker.js';
import { History } from '../src/check/history.js';
import { observe } from '../src/check/observe.js';
import { gather, remoteOf, type People } from '../src/load/cast.js';
import { Performance } from '../src/load/perform.js';
import { castOf, planSteps, type Step } from '../src/load/plan.js';

jest.setTimeout(180_000);

const ROUND = 'k';
let server: TestServer;
let remote: ScriptedRemote;
let people: People;
let steps: readonly Step[];
const history = new History(null);

/** A round like any other, on one server and with nothing going wrong. */
beforeAll(async () => {
  const sizes = { operations: 60, writers: 2, remotes: 1 };
  const cast = castOf(ROUND, sizes);
  remote = await ScriptedRemote.start({ name: cast.remotes[0] ?? '' });
  server = await startTestServer({ peers: [remote.host] });
  const ground = { split: { url: `http://${server.domain}`, operator: server }, db: server.backbone.db, remote: () => Promise.resolve(remote), settled: () => server.settled() };
  people = await gather(ground, cast);
  steps = planSteps(3, ROUND, cast, sizes.operations);
  await new Performance(people, steps, history, { host: server.domain, inboxUrls: [`http://${server.domain}/inbox`], patienceMs: 30_000 }).run();
  await server.settled();
});
afterAll(async () => {
  await server?.stop();
  await remote?.stop();
});

const report = async (): Promise<Report> => checkHistory(history.entries, await observe(server.backbone, people, ROUND));
/** Of posts that nobody deletes, the first of this kind. */
function post(isIt: (token: string, author: string) => boolean): string {
  const found = steps.find(({ kind, object, who }) => kind === 'post' && isIt(object, who) && !steps.some((step) => step.kind === 'delete' && step.object === object));
  if (found === undefined) throw new Error('the plan has no such post');
  return found.object;
}
const isLocal = (author: string): boolean => people.cast.writers.includes(author);
const about = (token: string, kind: Step['kind']): boolean => steps.some((step) => step.kind === kind && step.object === token);

test('nothing went wrong, and nothing is accused', async () => {
  expect(await report()).toMatchObject({ operations: steps.length, counts: { ok: steps.length, lost: 0, duplicate: 0, reordered: 0 }, findings: [] });
});

// Each is planted where the server keeps it, found as every round finds it, and taken away again.
test('a post that is gone from the database is a loss', async () => {
  const token = post((object) => !about(object, 'edit'));
  const change = (deletedAt: Date | null) => server.backbone.db.query('UPDATE social.statuses SET deleted_at = $2 WHERE content = $1', [`<p>${token} v0</p>`, deletedAt]);
  await change(new Date());
  const { counts, findings } = await report();
  expect(counts).toMatchObject({ lost: 1, duplicate: 0, reordered: 0 });
  expect(findings).toContainEqual(expect.stringContaining(`status:${token} is gone`));
  await change(null);
  expect((await report()).findings).toEqual([]);
});

test('a delivery that a remote never had is a loss', async () => {
  const token = post((object, author) => isLocal(author) && !about(object, 'edit'));
  const { posts } = remoteOf(people, people.cast.remotes[0] ?? '');
  const at = posts.findIndex(({ type, body }) => type === 'Create' && body.includes(`>${token} v0<`));
  const taken = posts.splice(at, 1);
  const { counts, findings } = await report();
  expect([counts.lost, findings.some((text) => text.includes(`copy:${people.cast.remotes[0]}:${token} was found 0 times`))]).toEqual([1, true]);
  posts.splice(at, 0, ...taken);
  expect((await report()).findings).toEqual([]);
});

test('an older state of a post is a reorder', async () => {
  const token = post((object) => about(object, 'edit'));
  const newest = steps.findLast(({ kind, object }) => kind === 'edit' && object === token)?.version;
  const change = (from: number | undefined, to: number | undefined) =>
    server.backbone.db.query('UPDATE social.statuses SET content = $2 WHERE content = $1', [`<p>${token} v${from}</p>`, `<p>${token} v${to}</p>`]);
  await change(newest, 0);
  const { counts, findings } = await report();
  expect(counts).toMatchObject({ reordered: 1 });
  expect(findings).toContainEqual(expect.stringContaining(`status:${token} is ${token} v0 and should be ${token} v${newest}`));
  await change(0, newest);
  expect((await report()).findings).toEqual([]);
});

test('a notification that is there twice is a duplicate', async () => {
  const { db, ids } = server.backbone;
  const [told] = await db.query<{ id: string }>("SELECT id::text AS id FROM timeline.notifications WHERE type IN ('favourite', 'reblog', 'mention') AND dismissed_at IS NULL ORDER BY id LIMIT 1");
  const id = ids.next();
  await db.query(
    `INSERT INTO timeline.notifications (id, account_id, type, from_account_id, status_id, fact) SELECT $2, account_id, type, from_account_id, status_id, 'planted' FROM timeline.notifications WHERE id = $1`,
    [told?.id, id],
  );
  const { counts, findings } = await report();
  expect([counts.duplicate, findings.some((text) => /notice:\S+ is there 2 times/.test(text))]).toEqual([1, true]);
  await db.query('DELETE FROM timeline.notifications WHERE id = $1', [id]);
  expect((await report()).findings).toEqual([]);
});
