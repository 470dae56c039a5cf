import { EventEmitter, once } from 'node:events';
import { Module } from '@nestjs/common';
import { runService, type ProcessPort, type RunOptions } from '@trunkline/platform';
import { describe, expect, test } from '@jest/globals';
import { EXAMPLE_ENV } from './example-env.js';

@Module({})
class EmptyModule {}

/** A process of its own for each test: signals come when told, exits are counted. */
class TrialProcess extends EventEmitter implements ProcessPort {
  readonly versions: { readonly node: string };
  readonly exits: number[] = [];

  constructor(
    readonly env: Readonly<Record<string, string>>,
    node = process.versions.node,
  ) {
    super();
    this.versions = { node };
  }

  exit(code: number): void {
    this.exits.push(code);
    this.emit('exit-called');
  }
}

const ENV = { ...EXAMPLE_ENV, NODE_ENV: 'test', PORT: '0', METRICS_PORT: 'off', LOG_LEVEL: 'silent', SHUTDOWN_LINGER_MS: '0', SHUTDOWN_DEADLINE_MS: '1000' };

const run = (processPort: TrialProcess, options: Partial<RunOptions> = {}): Promise<void> =>
  runService({ name: 'trial', module: EmptyModule, processPort, writeError: () => undefined, ...options });

describe('runService', () => {
  test('SIGTERM drains and exits 0', async () => {
    const trial = new TrialProcess(ENV);
    let ended = false;
    await run(trial, { prepare: (_app, { shutdown }) => shutdown.register('end-pools', 'pool', () => void (ended = true)) });
    expect(trial.exits).toEqual([]);
    const exited = once(trial, 'exit-called');
    trial.emit('SIGTERM', 'SIGTERM');
    await exited;
    expect([trial.exits, ended]).toEqual([[0], true]);
  });

  test('a second signal exits at once', async () => {
    const trial = new TrialProcess(ENV);
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    await run(trial, { prepare: (_app, { shutdown }) => shutdown.register('finish', 'stuck', () => held) });
    trial.emit('SIGTERM', 'SIGTERM');
    trial.emit('SIGINT', 'SIGINT');
    expect(trial.exits).toEqual([1]);
    const exited = once(trial, 'exit-called');
    release();
    await exited;
  });

  test('a drain beyond the deadline exits 1', async () => {
    const trial = new TrialProcess({ ...ENV, SHUTDOWN_DEADLINE_MS: '50' });
    await run(trial, { prepare: (_app, { shutdown }) => shutdown.register('finish', 'stuck', () => new Promise(() => undefined)) });
    const exited = once(trial, 'exit-called');
    trial.emit('SIGTERM', 'SIGTERM');
    await exited;
    expect(trial.exits).toEqual([1]);
  });

  test('faulty settings exit 78 with a sentence each', async () => {
    const trial = new TrialProcess({ PORT: 'x' }, '20.19.0');
    const written: string[] = [];
    await run(trial, { writeError: (text) => void written.push(text) });
    expect(trial.exits).toEqual([78]);
    expect(written.join('')).toMatch(/^trial cannot start:\n {2}Node 24 is needed, this is 20\.19\.0[\s\S]*PORT must be[\s\S]*LOCAL_DOMAIN is not set/);
  });

  test('a start that fails exits 1, a bug that nobody caught too', async () => {
    const failing = new TrialProcess(ENV);
    await run(failing, { prepare: () => Promise.reject(new Error('no')) });
    expect(failing.exits).toEqual([1]);
    const trial = new TrialProcess(ENV);
    await run(trial);
    trial.emit('unhandledRejection', new Error('bug'));
    expect(trial.exits).toEqual([1]);
    const exited = once(trial, 'exit-called');
    trial.emit('SIGTERM', 'SIGTERM');
    await exited;
  });
});
