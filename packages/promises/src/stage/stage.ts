import { access, cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { failpointFile, type Failpoint } from '@trunkline/platform';
import { ScriptedRemote, SplitServer, unsettled, until, type ScriptedRemoteOptions, type TestServices } from '@trunkline/testing';
import { FaultProxy } from '../fault-proxy.js';
import { Backing, type SmallDisks, type StoreName } from './backing.js';
import { behindWalls, wallsBefore, wrongClock } from './copy-environment.js';
import { quietPorts } from './ports.js';

/** Copies of each app: everything that may not be done twice has somebody who could. */
const REPLICAS = 2;
/** Addresses of scripted remotes, listed before the server starts, since it must be told whom to speak plain http to. */
const REMOTES_MAX = 260;
const SETTLE_MS_MAX = 240_000;
const FAILPOINT_MS_MAX = 30_000;

export interface StageOptions {
  /** Gives stores disks of their own that can be filled. */
  readonly smallDisks?: SmallDisks;
  /** Settings of every service. */
  readonly env?: Readonly<Record<string, string>>;
  /** Puts a proxy between each of these services and each store. */
  readonly parted?: boolean;
  /** Minutes that the clocks of the first and the second copy of each service are wrong. */
  readonly wrongClocks?: readonly [number, number];
}

/** Real processes, two of each, over stores of their own that may be hurt, and room for remote servers. */
export class Stage {
  private readonly remotes: ScriptedRemote[] = [];

  private readonly proxies: FaultProxy[] = [];

  private constructor(
    readonly split: SplitServer,
    readonly backing: Backing,
    private readonly parts: { readonly path: string; readonly ports: number[]; readonly walls: ReadonlyMap<string, FaultProxy> },
  ) {}

  static async start(options: StageOptions = {}): Promise<Stage> {
    const path = await mkdtemp(join(tmpdir(), 'trunkline-promises-'));
    const backing = await Backing.start(path, options.smallDisks);
    const failpoints = join(path, 'failpoints');
    await mkdir(failpoints);
    const ports = await quietPorts(REMOTES_MAX);
    const walls = options.parted === true ? await wallsBefore(backing) : new Map<string, FaultProxy>();
    const services: TestServices = { databaseUrl: backing.url('postgres'), redisUrl: backing.url('redis'), natsUrl: backing.url('nats') };
    const started = new Map<string, number>();
    const envOf = (app: string, databaseUrl: string): Record<string, string> => {
      const copy = started.get(app) ?? 0;
      started.set(app, copy + 1);
      return { FAILPOINTS_PATH: failpoints, ...wrongClock(options.wrongClocks?.[copy] ?? 0), ...behindWalls(app, databaseUrl, backing, walls) };
    };
    try {
      const split = await SplitServer.start({ replicas: REPLICAS, peers: ports.map((port) => `localhost:${port}`), services, envOf, ...(options.env === undefined ? {} : { env: options.env }) });
      return new Stage(split, backing, { path, ports, walls });
    } catch (error) {
      await backing.stopAll();
      throw error;
    }
  }

  /** What comes between a service and a store. @throws Error on a stage whose services are not parted */
  wall(app: string, store: StoreName): FaultProxy {
    const wall = this.parts.walls.get(`${app} ${store}`);
    if (wall === undefined) throw new Error(`nothing stands between ${app} and ${store}`);
    return wall;
  }

  get db(): SplitServer['operator']['backbone']['db'] {
    return this.split.operator.backbone.db;
  }

  async remote(options: ScriptedRemoteOptions = {}): Promise<ScriptedRemote> {
    const remote = await ScriptedRemote.start({ port: this.takePort(), ...options });
    this.remotes.push(remote);
    return remote;
  }

  /** A remote whose connections can be hurt on their way. */
  async remoteBehindProxy(options: ScriptedRemoteOptions): Promise<{ remote: ScriptedRemote; proxy: FaultProxy }> {
    const port = this.takePort();
    const upstreamPort = this.takePort();
    const remote = await ScriptedRemote.start({ ...options, port: upstreamPort, host: `localhost:${port}` });
    this.remotes.push(remote);
    const proxy = await FaultProxy.start(upstreamPort, port);
    this.proxies.push(proxy);
    return { remote, proxy };
  }

  /** kill -9, then at once what is on disk again. */
  async restartStore(name: StoreName, signal: NodeJS.Signals, whileDown: () => Promise<void> = () => Promise.resolve()): Promise<void> {
    await this.backing.stop(name, signal);
    await whileDown();
    await this.backing.start(name);
  }

  /** Every copy of an app, or one of them. */
  signal(app: string, signal: NodeJS.Signals, copy?: number): void {
    const pids = this.pidsOf(app);
    for (const pid of copy === undefined ? pids : pids.slice(copy, copy + 1)) killIfThere(pid, signal);
  }

  /**
   * Lets one copy of an app die at a failpoint, after so many that pass it. Resolves with a promise of the copy that
   * stands in for it, or with null when nobody came to the failpoint.
   */
  async dieAt(app: string, name: Failpoint, turns: number): Promise<{ readonly replaced: Promise<void> } | null> {
    const file = failpointFile(join(this.parts.path, 'failpoints'), app, name);
    const pids = this.pidsOf(app);
    await writeFile(file, String(turns));
    const died = await until(`${app} to die ${name}`, () => access(file).then(() => false, () => true), FAILPOINT_MS_MAX).catch(() => false);
    if (died) return { replaced: until(`${app} to be replaced`, () => this.pidsOf(app).some((pid) => !pids.includes(pid)), 60_000).then(() => this.split.ready(app)) };
    await rm(file, { force: true });
    return null;
  }

  /** The process of a copy; changes when it is started again. */
  pidOf(app: string, copy: number): number {
    return this.copyOf(app, copy).pid;
  }

  /** Resolves when another process stands in for a copy that went. */
  async replaced(app: string, copy: number, pid: number): Promise<void> {
    await until(`${app} to be replaced`, () => this.pidOf(app, copy) !== pid && this.copyOf(app, copy).isReady, 90_000);
  }

  async allReady(): Promise<void> {
    for (const app of this.split.apps) await this.split.ready(app);
  }

  /** What is left to do, deliveries that wait for another try among it. */
  async left(): Promise<string[]> {
    const [retries] = await this.db.query<{ count: number }>("SELECT count(*)::int AS count FROM federation.delivery_retries WHERE state = 'pending'");
    const waiting = retries?.count ?? 0;
    return [...(await unsettled(this.db)), ...(waiting > 0 ? [`${waiting} to be tried again`] : [])];
  }

  /** Resolves when all queues are empty, twice in a row. @returns milliseconds it took. */
  async settled(patienceMs = SETTLE_MS_MAX): Promise<number> {
    const startMs = performance.now();
    let calm = 0;
    await until('all queues to be empty', async () => {
      const left = await this.left();
      calm = left.length === 0 ? calm + 1 : 0;
      if (left.length > 0) throw new Error(left.join(', '));
      return calm >= 2;
    }, patienceMs);
    return performance.now() - startMs;
  }

  /** Copies what the processes logged to where it outlives the stage. */
  async keepLogs(to: string): Promise<void> {
    await mkdir(to, { recursive: true });
    await cp(this.split.logsPath, to, { recursive: true });
    for (const store of ['postgres', 'redis', 'nats']) await cp(join(this.parts.path, store, 'logs'), to, { recursive: true });
  }

  /** Remotes of a round that is over need not listen on. */
  async dismissRemotes(): Promise<void> {
    for (const proxy of this.proxies.splice(0)) await proxy.stop();
    for (const remote of this.remotes.splice(0)) await remote.stop();
  }

  async stop(): Promise<void> {
    await this.dismissRemotes();
    await this.split.stop();
    for (const wall of this.parts.walls.values()) await wall.stop();
    await this.backing.stopAll();
    await rm(this.parts.path, { recursive: true, force: true });
  }

  private pidsOf(app: string): number[] {
    return this.split.running.processes.filter((process) => process.app === app).map(({ pid }) => pid);
  }

  private copyOf(app: string, copy: number): SplitServer['running']['processes'][number] {
    const found = this.split.running.processes.filter((process) => process.app === app)[copy];
    if (found === undefined) throw new Error(`there is no copy ${copy} of ${app}`);
    return found;
  }

  private takePort(): number {
    const port = this.parts.ports.pop();
    if (port === undefined) throw new Error(`a stage has room for ${REMOTES_MAX} remotes`);
    return port;
  }
}

/** One that is just being started again is gone already. */
function killIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
