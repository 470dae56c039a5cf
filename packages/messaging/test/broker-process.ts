import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const LOG_CHARS_MAX = 64 * 1024;
const [LOWEST_PORT, PORTS] = [11_000, 1_000];

/** A nats-server of this test's own, on a free port of the loopback, with its store in a temporary folder. */
export class BrokerProcess {
  private child: ChildProcess | null = null;

  private constructor(
    private readonly folder: string,
    private readonly port: number,
  ) {}

  static async start(): Promise<BrokerProcess> {
    const server = new BrokerProcess(await mkdtemp(join(tmpdir(), 'trunkline-nats-')), await freePort());
    await server.up();
    return server;
  }

  get url(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  /** Starts it (again) on the same port and store, and resolves when it takes clients. */
  async up(): Promise<void> {
    const args = ['-js', '-a', '127.0.0.1', '-p', String(this.port), '-sd', this.folder];
    const child = spawn(process.env['NATS_SERVER'] ?? '/usr/sbin/nats-server', args, { stdio: ['ignore', 'ignore', 'pipe'] });
    this.child = child;
    let log = '';
    // Read to its end: a broker whose log nobody takes dies of its next line.
    await new Promise<void>((resolve, reject) => {
      child.stderr.on('data', (chunk: Buffer) => {
        log = (log + chunk.toString()).slice(-LOG_CHARS_MAX);
        if (log.includes('Server is ready')) resolve();
      });
      child.once('exit', () => reject(new Error(`nats-server ended: ${log}`)));
      child.once('error', reject);
    });
  }

  /** kill -9. */
  async kill(): Promise<void> {
    const child = this.child;
    this.child = null;
    if (child === null || child.exitCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  /** Forgets everything it stored; while it is down. */
  async forget(): Promise<void> {
    await rm(join(this.folder, 'jetstream'), { recursive: true, force: true });
  }

  /** What a stream keeps on disk; under a server that runs on. */
  async loseFolder(stream: string): Promise<void> {
    await rm(join(this.folder, 'jetstream', '$G', 'streams', stream), { recursive: true });
  }

  /** What a stream held, but not what its consumers know; while it is down. */
  async loseMessages(stream: string): Promise<void> {
    await rm(join(this.folder, 'jetstream', '$G', 'streams', stream, 'msgs'), { recursive: true });
  }

  async stop(): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Below the ports that systems give to whoever names none: nobody takes one by chance while its broker is down. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = LOWEST_PORT + Math.floor(Math.random() * PORTS);
    const probe = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      probe.once('error', () => resolve(false));
      probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => resolve(true));
    });
    if (!isFree) continue;
    probe.close();
    await once(probe, 'close');
    return port;
  }
}
