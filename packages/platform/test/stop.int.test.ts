import { Agent, request as httpRequest, type IncomingMessage, type Server } from 'node:http';
import { createLogger, startService } from '@trunkline/platform';
import { describe, expect, test } from '@jest/globals';
import { exampleSettings } from './example-env.js';
import { send, start, trial, TrialModule } from './trial-service.js';

describe('probes', () => {
  test('both ports answer them; a failing check makes the service not ready but leaves it alive', async () => {
    const service = await start();
    let down = false;
    service.parts.health.register('readiness', 'postgres', async () => {
      if (down) throw new Error('down');
    });
    for (const base of [service.url, service.metricsUrl]) {
      for (const path of ['/livez', '/readyz', '/startupz']) expect((await fetch(`${base}${path}`)).status).toBe(200);
    }
    down = true;
    await new Promise((resolve) => setTimeout(resolve, 550));
    const answer = await fetch(`${service.url}/readyz`);
    expect([answer.status, await answer.json()]).toEqual([503, { ok: false, checks: { postgres: 'failed' } }]);
    expect((await fetch(`${service.metricsUrl}/livez`)).status).toBe(200);
  });

  test('two services run side by side in one process and stop apart', async () => {
    const [a, b] = [await start(), await start({ name: 'other' })];
    await a.stop();
    await expect(fetch(`${a.url}/livez`)).rejects.toThrow();
    expect((await fetch(`${b.url}/readyz`)).status).toBe(200);
  });

  test('a start that fails leaves nothing open', async () => {
    const first = await start();
    const ended: string[] = [];
    const settings = exampleSettings({ PORT: String(first.port) });
    const failing = startService({
      name: 'twin',
      module: TrialModule,
      settings,
      logger: createLogger({ service: 'twin', level: 'silent' }),
      prepare: (_app, { shutdown }) => shutdown.register('end-pools', 'pool', () => void ended.push('pool')),
    });
    await expect(failing).rejects.toThrow('EADDRINUSE');
    expect(ended).toEqual(['pool']);
  });
});

describe('stopping', () => {
  test('a keep-alive client under load meets no reset and is sent away with Connection: close', async () => {
    const service = await start({}, { SHUTDOWN_LINGER_MS: '2000' });
    const agent = new Agent({ keepAlive: true, maxSockets: 8 });
    const seen: { status: number; connection: string | undefined }[] = [];
    const errors: string[] = [];
    const accepted = new Set<number | undefined>();
    (service.app.getHttpServer() as Server).on('connection', ({ remotePort }) => accepted.add(remotePort));
    let stopped = false;
    const client = async (): Promise<void> => {
      while (!stopped) {
        try {
          const answer = await get(agent, `${service.url}/api/v1/things/1`);
          seen.push({ status: answer.statusCode ?? 0, connection: answer.headers.connection });
        } catch (error) {
          // Once nobody listens any more a new connection is refused, or reset by the system before anybody took it: the balancer has other servers.
          const { code = String(error), port } = error as GetError;
          if (code === 'ECONNREFUSED' || (code === 'ECONNRESET' && !accepted.has(port))) return;
          errors.push(code);
        }
      }
    };
    const clients = Array.from({ length: 8 }, client);
    await until(() => seen.length > 200);
    const report = await service.stop();
    stopped = true;
    await Promise.all(clients);
    agent.destroy();
    expect(errors).toEqual([]);
    expect(report).toMatchObject({ drained: true, failures: [] });
    expect(seen.every(({ status }) => status === 200)).toBe(true);
    expect(seen.filter(({ connection }) => connection === 'close').length).toBeGreaterThanOrEqual(8);
  });

  test('a request in flight is answered; not ready but alive meanwhile; pools end last', async () => {
    const order: string[] = [];
    const service = await start(
      {
        prepare: (_app, { shutdown }) => {
          shutdown.register('end-pools', 'postgres', () => void order.push('end-pools'));
          shutdown.register('stop-consuming', 'jobs', () => void order.push('stop-consuming'));
          shutdown.register('drain-broker', 'nats', () => void order.push('drain-broker'));
        },
      },
      { SHUTDOWN_PROBE_MS: '1500' },
    );
    const slow = send(service, '/api/v1/slow').then(async (answer) => {
      order.push('answered');
      return [answer.status, await answer.json()];
    });
    await until(() => trial.gate.waiting === 1);
    const stop = service.stop();
    expect((await fetch(`${service.url}/readyz`)).status).toBe(503);
    expect((await fetch(`${service.metricsUrl}/livez`)).status).toBe(200);
    await until(() => order.includes('stop-consuming'));
    trial.gate.release();
    expect(await slow).toEqual([200, { slow: true }]);
    expect(await stop).toMatchObject({ drained: true });
    expect(order).toEqual(['stop-consuming', 'answered', 'drain-broker', 'end-pools']);
  });

  test('a request that never ends is cut off at the deadline', async () => {
    const service = await start({}, { SHUTDOWN_DEADLINE_MS: '300' });
    const slow = send(service, '/api/v1/slow').catch(() => 'cut');
    await until(() => trial.gate.waiting === 1);
    expect(await service.stop()).toMatchObject({ drained: false, unfinished: ['http'] });
    expect(await slow).toBe('cut');
  });
});

/** `port`: the client's own, of a connection that stood. */
interface GetError extends NodeJS.ErrnoException {
  readonly port?: number | undefined;
}

function get(agent: Agent, url: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    let port: number | undefined;
    const fail = (error: Error): void => reject(Object.assign(error, { port }) satisfies GetError);
    httpRequest(url, { agent }, (answer) => answer.on('end', () => resolve(answer)).on('error', fail).resume())
      .on('socket', (socket) => {
        port = socket.localPort;
        if (socket.connecting) socket.once('connect', () => (port = socket.localPort));
      })
      .on('error', fail)
      .end();
  });
}

/** Waits for what the server does by itself, at most twenty seconds. */
async function until(isSo: () => boolean): Promise<void> {
  const untilMs = performance.now() + 20_000;
  while (!isSo()) {
    if (performance.now() > untilMs) throw new Error('it did not happen within 20 s');
    await new Promise((resolve) => setImmediate(resolve));
  }
}
