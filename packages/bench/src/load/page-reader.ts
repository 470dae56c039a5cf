import { setTimeout as sleep } from 'node:timers/promises';
import { serverLibrary } from '../harness/server-library.js';
import { serveTasks } from '../harness/worker-process.js';
import { arrivals } from './schedule.js';

const PATH = '/api/v1/timelines/home';
const CONNECTIONS = 64;
const TICK_MS = 1;

interface Pool {
  request(options: { path: string; method: string; headers: Readonly<Record<string, string>> }): Promise<{ statusCode: number; body: { arrayBuffer(): Promise<ArrayBuffer> } }>;
}

const pools = new Map<number, Pool>();

function poolOf(port: number): Pool {
  const { Pool: UndiciPool } = serverLibrary<{ Pool: new (origin: string, options: object) => Pool }>('federation-client', 'undici');
  const pool = pools.get(port) ?? new UndiciPool(`http://127.0.0.1:${port}`, { connections: CONNECTIONS, keepAliveTimeout: 2_000 });
  pools.set(port, pool);
  return pool;
}

interface Reading {
  readonly port: number;
  readonly tokens: readonly string[];
  readonly rate: number;
  readonly seconds: number;
}

/** Reads first pages when readers come, whoever waits still. @returns milliseconds from when each came until the page was there */
async function read({ port, tokens, rate, seconds }: Reading): Promise<number[]> {
  const due = arrivals([{ rate, seconds }]);
  const startMs = performance.now();
  const reading: Promise<number>[] = [];
  while (reading.length < due.length) {
    const nowMs = performance.now() - startMs;
    while (reading.length < due.length && (due[reading.length] ?? 0) <= nowMs) {
      const token = tokens[reading.length % tokens.length] ?? '';
      reading.push(readPage(port, token, startMs + (due[reading.length] ?? 0)));
    }
    await sleep(TICK_MS);
  }
  return Promise.all(reading);
}

async function readPage(port: number, token: string, dueMs: number): Promise<number> {
  const answer = await poolOf(port).request({ path: PATH, method: 'GET', headers: { authorization: `Bearer ${token}` } });
  await answer.body.arrayBuffer();
  // 206: a feed that nobody had read is still being built.
  if (answer.statusCode !== 200 && answer.statusCode !== 206) throw new Error(`a page was answered ${answer.statusCode}`);
  return performance.now() - dueMs;
}

/** Readers in an open loop. */
export const serve = (): void => serveTasks({ read });
