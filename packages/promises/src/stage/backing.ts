import { chmod, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { startBackingServices, type BackingServices } from '@trunkline/launcher/backing-services';
import { DataFolder } from '@trunkline/launcher/data-folder';
import { SmallDisk } from './small-disk.js';

export type StoreName = 'postgres' | 'redis' | 'nats';

/** Sizes in MiB of disks that stores have to themselves. */
export type SmallDisks = Partial<Record<'postgres' | 'nats', number>>;

const STORES: readonly StoreName[] = ['postgres', 'redis', 'nats'];
const GIVEN = 'is started elsewhere';

/**
 * Postgres, Redis and NATS of one run. Each has a folder of its own, so that it can be stopped, changed on disk and
 * started again at the same address while the others run on.
 */
export class Backing {
  private readonly running = new Map<StoreName, BackingServices>();

  private constructor(
    private readonly folders: ReadonlyMap<StoreName, DataFolder>,
    private readonly disks: ReadonlyMap<StoreName, SmallDisk>,
  ) {}

  static async start(path: string, sizes: SmallDisks = {}): Promise<Backing> {
    // Postgres is another user, who must be able to enter what is mounted below.
    if (sizes.postgres !== undefined) await chmod(path, 0o711);
    const disks = new Map<StoreName, SmallDisk>();
    if (sizes.postgres !== undefined) disks.set('postgres', SmallDisk.mount(join(path, 'postgres', 'postgres'), sizes.postgres));
    if (sizes.nats !== undefined) disks.set('nats', SmallDisk.mount(join(path, 'nats', 'nats', 'store'), sizes.nats));
    const backing = new Backing(new Map(STORES.map((name) => [name, DataFolder.hold(join(path, name))])), disks);
    await Promise.all(STORES.map((name) => backing.start(name)));
    return backing;
  }

  url(name: StoreName): string {
    const url = this.running.get(name)?.urls[name];
    if (url === undefined) throw new Error(`${name} has not been started`);
    return url;
  }

  /** Where the store keeps its data on disk. */
  dataPath(name: StoreName): string {
    const folder = this.folder(name);
    if (name === 'postgres') return folder.remembered.postgresFolder ?? join(folder.path, 'postgres');
    return name === 'nats' ? join(folder.path, 'nats', 'store') : join(folder.path, 'redis');
  }

  /** @throws Error when the store's disk is that of everybody */
  disk(name: StoreName): SmallDisk {
    const disk = this.disks.get(name);
    if (disk === undefined) throw new Error(`${name} has no small disk`);
    return disk;
  }

  /** Whether its process is there. */
  isRunning(name: StoreName): boolean {
    try {
      process.kill(this.pid(name), 0);
      return true;
    } catch {
      return false;
    }
  }

  /** Starts it again at its old address, with what is on disk. */
  async start(name: StoreName): Promise<void> {
    const given = Object.fromEntries(STORES.filter((other) => other !== name).map((other) => [other, GIVEN]));
    const services = await startBackingServices(this.folder(name), { given, isDurable: false });
    this.running.set(name, services);
    // A container could be stopped, but not killed between two writes, filled up or set back: an attack on it would be none.
    if (services.children[name] === undefined) throw new Error(`${name} must be a program on this machine to be attacked, and only Docker has it: install it`);
  }

  /** Sends the signal and waits until it is gone: SIGKILL, SIGTERM, and for Postgres SIGQUIT (immediate). */
  async stop(name: StoreName, signal: NodeJS.Signals): Promise<void> {
    await this.running.get(name)?.children[name]?.stop(signal, 60_000);
  }

  /** Everything that it keeps on disk; while it is stopped. */
  async destroy(name: StoreName): Promise<void> {
    const path = this.dataPath(name);
    for (const entry of await readdir(path)) await rm(join(path, entry), { recursive: true, force: true });
  }

  /** The process of the store, for SIGSTOP and SIGCONT. */
  pid(name: StoreName): number {
    const pid = this.running.get(name)?.children[name]?.pid;
    if (pid === undefined) throw new Error(`${name} has not been started`);
    return pid;
  }

  async stopAll(): Promise<void> {
    for (const name of ['nats', 'redis', 'postgres'] as const) await this.running.get(name)?.stop();
    for (const disk of this.disks.values()) disk.unmount();
    for (const folder of this.folders.values()) {
      folder.release();
      if (folder.remembered.postgresFolder !== undefined) await rm(folder.remembered.postgresFolder, { recursive: true, force: true });
      await rm(folder.path, { recursive: true, force: true });
    }
  }

  private folder(name: StoreName): DataFolder {
    const folder = this.folders.get(name);
    if (folder === undefined) throw new Error(`there is no ${name}`);
    return folder;
  }
}
