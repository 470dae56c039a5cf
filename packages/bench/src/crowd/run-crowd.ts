import { setTimeout as sleep } from 'node:timers/promises';
import type { AccountId, StatusId } from '@trunkline/kernel';
import { cpuSeconds } from '../harness/cpu-meter.js';
import { openFeeds } from '../harness/feed-keys.js';
import type { RedisClient } from '../harness/redis-client.js';
import { seedFollows, seedPeople } from '../harness/seed-people.js';
import type { Stage } from '../harness/stage.js';
import { waitFor } from '../harness/wait-for.js';
import type { WorkerProcess } from '../harness/worker-process.js';
import type { LoadPlan, Planned, Sent } from '../load/generator.js';
import type { Due } from '../load/owed-feeds.js';
import { seedLoadPeople, type LoadPeople } from '../load/people.js';

const APPS = ['api', 'inbox', 'outbox', 'timeline', 'streaming'] as const;
/** The default budget of 80 for these five. */
const APP_ENV = { DB_CONNECTION_BUDGET: '16' };
const FLOOD_IN_FLIGHT = 64;
const SAMPLED_FOLLOWERS = 20;
const LOCAL_SHARE = 0.1;
const PATIENCE_MS = 300_000;

export interface CrowdSizes {
  readonly remoteAuthors: number;
  readonly localAuthors: number;
  readonly bigFollowers: number;
  readonly floodPosts: number;
}

/** One post with when it stood in its reader's feed; null: it never did. */
export interface Seen extends Sent {
  readonly visibleMs: number | null;
}

interface SceneParts {
  readonly stage: Stage;
  readonly redis: RedisClient;
  readonly people: LoadPeople;
  readonly bigFollowers: readonly AccountId[];
  /** How many of them are watched. */
  readonly sampled: number;
  readonly bigToken: string;
  readonly sizes: CrowdSizes;
  readonly load: WorkerProcess;
  readonly watch: WorkerProcess;
  readonly ports: { readonly inbox: number; readonly api: number };
  /** Who runs, by name: the apps, the stores, who sends and who looks on. */
  readonly pids: Readonly<Record<string, number>>;
}

/** A server of real processes with everybody who posts and reads in this benchmark. */
export class CrowdScene {
  private constructor(private readonly parts: SceneParts) {}

  get stage(): Stage {
    return this.parts.stage;
  }

  get redis(): RedisClient {
    return this.parts.redis;
  }

  get bigFollowers(): readonly AccountId[] {
    return this.parts.bigFollowers;
  }

  static async open(stage: Stage, redis: RedisClient, sizes: CrowdSizes): Promise<CrowdScene> {
    const load = stage.worker('load');
    const people = await seedLoadPeople(stage, load, { remote: sizes.remoteAuthors, local: sizes.localAuthors });
    const big = await stage.person('big');
    const followers = await seedPeople(stage, sizes.bigFollowers, 'follower');
    await seedFollows(stage, followers, big.account.id);
    await openFeeds(stage, followers);
    await stage.backbone.db.query('VACUUM ANALYZE');
    const ports = new Map<string, number>();
    const pids: Record<string, number> = { ...stage.stores, sender: load.pid };
    for (const app of APPS) {
      const server = await stage.server(app, { env: APP_ENV });
      ports.set(app, server.port);
      pids[app] = server.pid;
    }
    const step = Math.max(1, Math.floor(followers.length / SAMPLED_FOLLOWERS));
    const sampled = followers.filter((_, index) => (followers.length - 1 - index) % step === 0);
    const watch = stage.worker('feed-watch');
    pids['watch'] = watch.pid;
    await watch.ask('begin', { redisUrl: stage.redisUrl, accountIds: [...people.readerIds, ...sampled] });
    return new CrowdScene({
      stage, redis, people, sizes, load, watch, pids,
      bigFollowers: followers,
      sampled: sampled.length,
      bigToken: big.token,
      ports: { inbox: ports.get('inbox') ?? 0, api: ports.get('api') ?? 0 },
    });
  }

  /** Posts a second that the server takes from receive to visible when as much comes as it answers; the second of two floods. */
  async capacity(): Promise<{ readonly perSecond: number; readonly seen: readonly Seen[] }> {
    const seen: Seen[] = [];
    let perSecond = 0;
    for (let round = 0; round < 2; round += 1) {
      // As a plan: so many posts in one second. A flood does not look at their times.
      await this.parts.load.ask('prepare', this.plan({ phases: [{ rate: this.parts.sizes.floodPosts, seconds: 1 }], signsBefore: true }));
      const startMs = performance.timeOrigin + performance.now();
      const flooded = await this.whenVisible(await this.parts.load.ask<Sent[]>('flood', { inFlight: FLOOD_IN_FLIGHT }));
      const lastMs = Math.max(...flooded.map((post) => post.visibleMs ?? Infinity));
      perSecond = flooded.length / ((lastMs - startMs) / 1_000);
      seen.push(...flooded);
    }
    // What the floods left behind: a server that has lived through them some minutes ago has swept it up, and has old
    // files of its log at hand where a young one still makes each.
    await this.parts.stage.backbone.db.query('VACUUM ANALYZE');
    await this.parts.stage.backbone.db.query('CHECKPOINT');
    return { perSecond, seen };
  }

  /** Lets it happen. `meanwhile` begins with its clock. @returns all posts, the one author's too, when it began, and what `meanwhile` found */
  async run<T>(phases: LoadPlan['phases'], bigAtSeconds: readonly number[], meanwhile: () => Promise<T>): Promise<{ readonly startMs: number; readonly seen: readonly Seen[]; readonly found: T }> {
    await this.parts.load.ask('prepare', this.plan({ phases, signsBefore: true, extra: { token: this.parts.bigToken, atSeconds: bigAtSeconds } }));
    const plan = await this.parts.load.ask<Planned[]>('planned');
    const startMs = performance.timeOrigin + performance.now() + 500;
    await this.parts.watch.ask('expect', { dues: plan.map((post) => this.dueOf(post, startMs)) });
    const [sent, found] = await Promise.all([this.parts.load.ask<Sent[]>('run', { startMs }), meanwhile()]);
    return { startMs, seen: await this.whenVisible(sent), found };
  }

  /** Where a post is looked for: in the feed of its author's one reader, or in those of some of very many followers. */
  private dueOf({ kind, at, author }: Planned, startMs: number): Due {
    const { readerIds, remoteIds } = this.parts.people;
    if (kind === 'extra') return { atMs: startMs + at, from: readerIds.length, feeds: this.parts.sampled };
    return { atMs: startMs + at, from: kind === 'remote' ? author : remoteIds.length + author, feeds: 1 };
  }

  /** CPU seconds of each process so far, by name. */
  cpu(): ReadonlyMap<string, number> {
    return new Map(Object.entries(this.parts.pids).map(([name, pid]) => [name, cpuSeconds([pid])] as const));
  }

  /** Ends the watch. @returns entries that stand twice in one feed */
  doubles(): Promise<number> {
    return this.parts.watch.ask<number>('end');
  }

  private plan(rest: Pick<LoadPlan, 'phases' | 'signsBefore' | 'extra'>): LoadPlan {
    const { mentionedUris, localTokens } = this.parts.people;
    return { inboxPorts: [this.parts.ports.inbox], apiPort: this.parts.ports.api, domain: this.stage.domain, mentionedUris, localTokens, localShare: LOCAL_SHARE, ...rest };
  }

  /** Waits until every post was seen, or nothing new comes, and puts the times beside the posts. */
  private async whenVisible(sent: readonly Sent[]): Promise<Seen[]> {
    const ids = await this.statusIds(sent);
    let missing = sent;
    await waitFor('all posts to be visible', async () => {
      const times = await this.lastSeen(missing, ids);
      missing = missing.filter((_, index) => times[index] === null);
      for (const [key, id] of await this.statusIds(missing.filter((post) => !ids.has(post.key)))) ids.set(key, id);
      return missing.length === 0;
    }, { everyMs: 100, patienceMs: PATIENCE_MS }).catch(() => process.stderr.write(`  ${missing.length} posts were never seen\n`));
    // The author with many followers is seen by several: his post is there when the last of them has it.
    await sleep(500);
    const times = await this.lastSeen(sent, ids);
    return sent.map((post, index) => ({ ...post, visibleMs: times[index] ?? null }));
  }

  private lastSeen(sent: readonly Sent[], ids: ReadonlyMap<string, StatusId>): Promise<(number | null)[]> {
    return this.parts.watch.ask('lastSeen', { statusIds: sent.map(({ key }) => ids.get(key) ?? '') });
  }

  /** Which row became of each post; local posts are named by it already. */
  private async statusIds(sent: readonly Sent[]): Promise<Map<string, StatusId>> {
    const local = sent.filter((post) => post.kind !== 'remote').map((post) => [post.key, post.key as StatusId] as const);
    const uris = sent.filter((post) => post.kind === 'remote').map((post) => post.key);
    const rows = uris.length === 0 ? [] : await this.stage.backbone.db.query<{ id: StatusId; uri: string }>('SELECT id, uri FROM social.statuses WHERE uri = ANY ($1::text[])', [uris]);
    return new Map([...local, ...rows.map(({ id, uri }) => [uri, id] as const)]);
  }
}
