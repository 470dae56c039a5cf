import { Agent, request } from 'node:http';
import { serveTasks } from '../harness/worker-process.js';

const CONNECTIONS = 16;
const PAGE = 20;
const PATH = '/api/v1/timelines/home';

const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });

export interface ReadResult {
  readonly pages: number;
  readonly bytesOfPage: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

interface Reading {
  readonly port: number;
  readonly tokens: readonly string[];
  readonly count: number;
  readonly query?: string;
}

/** Reads first pages, viewer after viewer. @throws Error on a page that is not 200 or not full */
async function read({ port, tokens, count, query = '' }: Reading): Promise<ReadResult> {
  const timesMs: number[] = [];
  let bytes = 0;
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) {
      const token = tokens[next % tokens.length] ?? '';
      // Most pages are counted by length only: parsing them all would be the load generator's work, not a reader's check.
      const isChecked = next % 50 === 0;
      next += 1;
      const startedMs = performance.now();
      const page = await get(port, token, query);
      timesMs.push(performance.now() - startedMs);
      if (isChecked && (JSON.parse(page.toString('utf8')) as unknown[]).length !== PAGE) throw new Error('a page is not full');
      bytes = page.length;
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, lane));
  timesMs.sort((a, b) => a - b);
  const at = (share: number): number => timesMs[Math.floor(timesMs.length * share)] ?? 0;
  return { pages: timesMs.length, bytesOfPage: bytes, p50Ms: at(0.5), p99Ms: at(0.99) };
}

/** One page as its reader gets it. */
const readOne = async ({ port, token }: { readonly port: number; readonly token: string }): Promise<string> => (await get(port, token, '')).toString('utf8');

function get(port: number, token: string, query: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path: `${PATH}${query}`, headers: { authorization: `Bearer ${token}` }, agent }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => (answer.statusCode === 200 ? resolve(Buffer.concat(chunks)) : reject(new Error(`a page was answered ${answer.statusCode}`))));
    });
    sent.on('error', (error: NodeJS.ErrnoException) => {
      // The other side closed a connection that lay idle, in the moment in which it was used again.
      if (sent.reusedSocket && error.code === 'ECONNRESET') get(port, token, query).then(resolve, reject);
      else reject(error);
    });
    sent.end();
  });
}

export const serve = (): void => serveTasks({ read, readOne });
