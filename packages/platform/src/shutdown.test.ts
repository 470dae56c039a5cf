import { describe, expect, test } from '@jest/globals';
import { SHUTDOWN_PHASES, ShutdownSequence } from './shutdown.js';

describe('ShutdownSequence', () => {
  test('runs the phases in order, whatever order they were registered in', async () => {
    const sequence = new ShutdownSequence();
    const done: string[] = [];
    for (const phase of [...SHUTDOWN_PHASES].reverse()) {
      sequence.register(phase, phase, async () => {
        await new Promise((resolve) => setImmediate(resolve));
        done.push(phase);
      });
    }
    expect(await sequence.run(1_000)).toEqual({ drained: true, failures: [], unfinished: [] });
    expect(done).toEqual(SHUTDOWN_PHASES);
  });

  test('a hook that fails is reported and stops nothing', async () => {
    const sequence = new ShutdownSequence();
    const error = new Error('broken');
    let ended = false;
    sequence.register('finish', 'jobs', () => Promise.reject(error));
    sequence.register('end-pools', 'postgres', () => void (ended = true));
    expect(await sequence.run(1_000)).toMatchObject({ drained: true, failures: [{ phase: 'finish', name: 'jobs', error }] });
    expect(ended).toBe(true);
  });

  test('after the deadline the later phases are still told, and nobody waits for them', async () => {
    const sequence = new ShutdownSequence();
    let cut = false;
    let ended = false;
    sequence.register('finish', 'stuck', (signal) => new Promise(() => signal.addEventListener('abort', () => (cut = true))));
    sequence.register('end-pools', 'postgres', () => void (ended = true));
    expect(await sequence.run(20)).toMatchObject({ drained: false, unfinished: ['stuck'] });
    expect([cut, ended]).toEqual([true, true]);
  });

  test('runs once however often it is asked, and takes no hooks any more', async () => {
    const sequence = new ShutdownSequence();
    let runs = 0;
    sequence.register('finish', 'once', () => void (runs += 1));
    await Promise.all([sequence.run(1_000), sequence.run(1_000)]);
    expect(runs).toBe(1);
    expect(() => sequence.register('finish', 'late', () => undefined)).toThrow('came too late');
  });
});
