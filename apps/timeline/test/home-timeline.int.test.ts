import { afterEach, expect, jest, test } from '@jest/globals';
import type { Account, List } from '@trunkline/domain';
import type { StatusId } from '@trunkline/kernel';
import { withBackbone } from '@trunkline/platform';
import { homeTimeline, listTimeline, rowReader } from '@trunkline/social';
import { startTestServer, type TestServer } from '@trunkline/testing';
import fc from 'fast-check';
import { TimelineModule } from '../src/index.js';
import { listOf } from './home-lists.js';
import { homeByOracle } from './home-oracle.js';
import { KNOWN, steps } from './home-steps.js';
import { keptPage, PAGE, settled, take, World } from './home-world.js';

jest.setTimeout(180_000);

let server: TestServer;
let run = 0;
afterEach(() => server?.stop());

/** `followersMax`: authors with more are looked up by readers. */
async function start(followersMax: number): Promise<void> {
  server = await startTestServer({
    service: { name: 'timeline', module: TimelineModule, ...withBackbone({ consumes: true }) },
    env: { LOG_LEVEL: 'silent', FANOUT_FOLLOWERS_MAX: String(followersMax) },
  });
}

async function homeOf(reader: Account, limit: number): Promise<StatusId[]> {
  const shown: StatusId[] = [];
  let maxId: StatusId | null = null;
  for (;;) {
    const page = await homeTimeline(server.backbone, rowReader(server.backbone), reader.id, { ...PAGE, limit, maxId });
    shown.push(...page.map(({ status }) => status.id));
    maxId = shown.at(-1) ?? null;
    if (page.length < limit) return shown;
  }
}

async function upwards(reader: Account, limit: number): Promise<StatusId[]> {
  const shown: StatusId[] = [];
  for (;;) {
    const page = await homeTimeline(server.backbone, rowReader(server.backbone), reader.id, { ...PAGE, limit, minId: shown[0] ?? ('1' as StatusId) });
    shown.unshift(...page.map(({ status }) => status.id));
    if (page.length < limit) return shown;
  }
}

/** A list's timeline, page by page. */
async function listed(list: List, limit: number, direction: 'downwards' | 'upwards' = 'downwards'): Promise<StatusId[]> {
  const shown: StatusId[] = [];
  for (;;) {
    const bound = direction === 'downwards' ? { maxId: shown.at(-1) ?? null } : { minId: shown[0] ?? ('1' as StatusId) };
    const page = (await listTimeline(server.backbone, rowReader(server.backbone), list, { ...PAGE, ...bound, limit })).map(({ status }) => status.id);
    if (direction === 'downwards') shown.push(...page);
    else shown.unshift(...page);
    if (page.length < limit) return shown;
  }
}

// Whoever read before got most of it by fan-out, whoever did not by a feed built from Postgres; both must show the same as the oracle.
// With a maximum of none nobody's posts are pushed, with one those of the author whom both follow are not.
test.each([
  { followersMax: 200_000, generated: 15 },
  { followersMax: 1, generated: 8 },
  { followersMax: 0, generated: 8 },
])('after whatever happened, home shows what an oracle in SQL says, and so do lists, by fan-out and built anew, with $followersMax followers at most', async ({ followersMax, generated }) => {
  await start(followersMax);
  await fc.assert(
    fc.asyncProperty(fc.array(steps, { minLength: 10, maxLength: 35 }), async (list) => {
      const world = await World.start(server, (run += 1));
      // They follow each other and read from the beginning, mostly.
      for (const who of [0, 1]) for (const whom of [0, 1, 2]) if (who !== whom) await take(world, { does: 'boosts on', who, whom, which: 1 });
      for (const who of [0, 1]) await take(world, { does: 'follow', who, whom: 1 - who, which: 1 });
      await settled(server);
      for (const who of [0, 1]) await take(world, { does: 'read', who, whom: 0, which: 0 });
      for (const step of list) await take(world, step);
      await settled(server);
      const { policy, feeds, db } = server.backbone;
      const hostsWith = (severity: string): string[] => policy.current().domainRules.filter((rule) => rule.severity === severity).map((rule) => rule.domain);
      const hosts = { suspended: hostsWith('suspend'), silenced: hostsWith('silence') };
      for (const [who, reader] of world.readers.entries()) {
        const list = await listOf(world, who);
        const inList = await homeByOracle(db, reader.id, hosts, 200, list.id);
        expect(await listed(list, 40)).toEqual(inList);
        expect(await listed(list, 3)).toEqual(inList);
        expect(await listed(list, 4, 'upwards')).toEqual(inList);
        const expected = await homeByOracle(db, reader.id, hosts, 200);
        expect(await keptPage(server, reader)).toEqual(expected.slice(0, PAGE.limit));
        expect(await homeOf(reader, 40)).toEqual(expected);
        expect(await homeOf(reader, 3)).toEqual(expected);
        expect(await upwards(reader, 4)).toEqual(expected);
        await feeds.drop(reader.id);
        expect(await homeOf(reader, 5)).toEqual(expected);
        expect(await keptPage(server, reader)).toEqual(expected.slice(0, PAGE.limit));
      }
    }),
    // The known ones count as runs.
    { numRuns: KNOWN.length + generated, examples: KNOWN.map((list) => [[...list]]) },
  );
});
