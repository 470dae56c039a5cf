import { describe, expect, test } from '@jest/globals';
import { HealthRegistry } from './health.js';

describe('HealthRegistry', () => {
  test('is not ready before the start is done, nor while draining', async () => {
    const health = new HealthRegistry();
    expect(await health.readiness()).toEqual({ ok: false, checks: { service: 'starting' } });
    health.started();
    expect(await health.readiness()).toEqual({ ok: true, checks: {} });
    health.drain();
    expect(await health.readiness()).toEqual({ ok: false, checks: { service: 'draining' } });
    health.started();
    expect(health.draining).toBe(true);
  });

  test('names what failed, and keeps the reason for the log', async () => {
    const reasons: unknown[] = [];
    const health = new HealthRegistry((name, error) => reasons.push([name, error]));
    const down = new Error('password authentication failed for user "app"');
    health.register('readiness', 'postgres', () => Promise.reject(down));
    health.register('readiness', 'broker', async () => undefined);
    health.register('startup', 'migrations', async () => undefined);
    health.started();
    expect(await health.readiness()).toEqual({ ok: false, checks: { postgres: 'failed', broker: 'ok' } });
    expect(await health.startup()).toEqual({ ok: true, checks: { migrations: 'ok' } });
    expect(reasons).toEqual([['postgres', down]]);
  });

  test('a check that does not answer in time has failed', async () => {
    const health = new HealthRegistry();
    health.register('readiness', 'broker', () => new Promise(() => undefined), 20);
    health.started();
    expect(await health.readiness()).toEqual({ ok: false, checks: { broker: 'failed' } });
  });

  test('a storm of probes asks the database once in half a second', async () => {
    let asked = 0;
    let nowMs = 0;
    const health = new HealthRegistry(undefined, () => nowMs);
    health.register('readiness', 'postgres', async () => void (asked += 1));
    health.started();
    await Promise.all(Array.from({ length: 1_000 }, () => health.readiness()));
    expect(asked).toBe(1);
    nowMs = 500;
    await health.readiness();
    expect(asked).toBe(2);
  });

  test('two checks of one name are a mistake', () => {
    const health = new HealthRegistry();
    health.register('readiness', 'redis', async () => undefined);
    expect(() => health.register('readiness', 'redis', async () => undefined)).toThrow('exists already');
  });
});
