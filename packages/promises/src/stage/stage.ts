import { access, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bugFile, failpointFile, type Failpoint } from '@trunkline/platform';
import { ScriptedRemote, SplitServer, unsettled, until, type ScriptedRemoteOptions, type TestServices } from '@trunkline/testing';
import { FaultProxy, type Fault } from '../fault-proxy.js';
import { Backing, type SmallDisks, type StoreName } from './backing.js';
import { behindWalls, clockFile, wallKey, wallsBefore, wrongClock } from './copy-environment.js';
import { quietPorts } from './ports.js';

/** Copies of each app unless told: everything that may not be done twice has somebody who could. */
const REPLICAS = 2;
/** Addresses of scripted remotes, listed before the server starts, since it must be told whom to speak plain http to. */
const REMOTES_MAX = 260;
/** However slow a machine is: by then something has moved. */
const STILL_MS_MAX = 240_000;
/** For everything to be worked off: longer is taken for never. */
export const SETTLE_MS_MAX = 1_200_000;
const HUNG_AFTER_MS = 600_000;
/** Where development is in a greater hurry. */
const AS_IN_PRODUCTION = { SHUTDOWN_LINGER_MS: '2000' };
const FAILPOINT_MS_MAX = 60_000;

/** What is left to do has not changed for so long that nobody is doing it. */
export class StandsStill extends Error {
  override readonly name = 'StandsStill';
}

export interface StageOptions {
  /** Gives stores disks of their own that can be filled. */
  readonly smallDisks?: SmallDisks;
  /** Settings of every service. */
  readonly env?: Readonly<Record<string, string>>;
  /** Copies of each app; 2 unless told. */
  readonly replicas?: number;
  /** Puts a proxy between each of these services and each store. */
  readonly parted?: readonly string[];
  /** After how long without an answer a process is killed; longer than any attack lets one stand still, unless told. */
  readonly hungAfterMs?: number;
  /** Lets the clocks of services be set, see `setClocks`. */
  readonly movableClocks?: boolean;
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
    const { replicas = REPLICAS, parted = [] } = options;
    const walls = await wallsBefore(backing, parted, replicas);
    const services: TestServices = { databaseUrl: backing.url('postgres'), redisUrl: backing.url('redis'), natsUrl: backing.url('nats') };
    const started = new Map<string, number>();
    const envOf = (app: string, databaseUrl: string): Record<string, string> => {
      const copy = started.get(app) ?? 0;
      started.set(app, copy + 1);
      return { FAILPOINTS_PATH: failpoints, ...(options.movableClocks === true ? wrongClock(clockFile(path, copy)) : {}), ...behindWalls({ app, copy, databaseUrl }, backing, walls) };
    };
    try {
      const split = await SplitServer.start({ replicas, peers: ports.map((port) => `localhost:${port}`), services, envOf, hungAfterMs: options.hungAfterMs ?? HUNG_AFTER_MS, env: { ...AS_IN_PRODUCTION, ...options.env } });
      return new Stage(split, backing, { path, ports, walls });
    } catch (error) {
      await backing.stopAll();
      throw error;
    }
  }

  /** Hurts what passes between a service and a store: of one copy, or of all. @throws Error on a stage whose services are not parted */
  part(app: string, store: StoreName, fault: Fault, copies: readonly number[] = this.copiesOf(app)): void {
    for (const copy of copies) {
      const wall = this.parts.walls.get(wallKey(app, copy, store));
      if (wall === undefined) throw new Error(`nothing stands between ${app} and ${store}`);
      wall.set(fault);
    }
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

  /** From now on the clocks of the first and of the second copy of each service are wrong by so many minutes. */
  async setClocks(first: number, second: number): Promise<void> {
    for (const [copy, minutes] of [first, second].entries()) await writeFile(clockFile(this.parts.path, copy), String(minutes));
  }

  /** From now on a service meets what an activity calls by `bugMark`. Resolves with what mends it. */
  async plantBug(app: string): Promise<() => Promise<void>> {
    const file = bugFile(join(this.parts.path, 'failpoints'), app);
    await writeFile(file, '');
    return () => rm(file, { force: true });
  }

  /** The process of a copy; changes when it is started again. */
  pidOf(app: string, copy: number): number {
    return this.copyOf(app, copy).pid;
  }

  /** Where a copy listens, past the proxy. */
  portOf(app: string, copy: number): number {
    return this.copyOf(app, copy).port;
  }

  /** What a copy tells a collector of metrics. */
  async metricsOf(app: string, copy: number): Promise<string> {
    return (await fetch(`http://127.0.0.1:${this.split.metricsPortOf(this.copyOf(app, copy).name)}/metrics`)).text();
  }

  /** 0, 1, …: the numbers of its copies. */
  copiesOf(app: string): readonly number[] {
    return this.pidsOf(app).map((_, copy) => copy);
  }

  /** How often each process ended and was started again, by its name. */
  restarts(): ReadonlyMap<string, number> {
    return new Map(this.split.running.processes.map(({ name, restarts }) => [name, restarts]));
  }

  /** Names of processes that ended since; not of those whose port another program of this machine took before they could. */
  async endedSince(before: ReadonlyMap<string, number>): Promise<string[]> {
    const ended = [...this.restarts()].filter(([name, restarts]) => restarts > (before.get(name) ?? 0)).map(([name]) => name);
    const logs = await Promise.all(ended.map((name) => readFile(join(this.split.logsPath, `${name}.log`), 'utf8').catch(() => '')));
    return ended.filter((_, index) => logs[index]?.includes('EADDRINUSE') !== true);
  }

  /** Stands before the front door, so that what a client holds open can be hurt on its way. */
  async frontDoorBehindProxy(): Promise<FaultProxy> {
    const proxy = await FaultProxy.start(Number(new URL(this.split.url).port));
    this.proxies.push(proxy);
    return proxy;
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

  /**
   * Resolves when all queues are empty, twice in a row. @returns milliseconds it took.
   * @throws StandsStill when what is left stays the same for minutes; WaitedInVain when there is no end to it
   */
  async settled(): Promise<number> {
    const startMs = performance.now();
    let calm = 0;
    let last = { left: '', sinceMs: startMs };
    const look = async (): Promise<boolean> => {
      const left = (await this.left()).join(', ');
      calm = left === '' ? calm + 1 : 0;
      if (left !== last.left) last = { left, sinceMs: performance.now() };
      if (left !== '' && performance.now() - last.sinceMs > STILL_MS_MAX) return true;
      if (left !== '') throw new Error(left);
      return calm >= 2;
    };
    await until('all queues to be empty', look, SETTLE_MS_MAX);
    if (last.left !== '') throw new StandsStill(`nothing moved for ${STILL_MS_MAX / 1_000} s: ${last.left}`);
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
