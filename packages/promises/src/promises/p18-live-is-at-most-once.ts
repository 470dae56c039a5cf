import { setTimeout as sleep } from 'node:timers/promises';
import { factKey } from '../load/claims.js';
import { localOf } from '../load/cast.js';
import { Random } from '../load/random.js';
import type { Attack, Round } from '../round.js';

/** What a client reads again after it was cut off. */
const OVERLAP_MS = 10_000;
const KILLS = 4;
const RECONNECT_MS_MAX = 500;
/** An event is some two thousand bytes: a connection that is cut after so many ends in the middle of one. */
const CUT_BYTES_MAX = 8_000;

interface StatusJson {
  readonly content: string;
  readonly created_at: string;
  readonly reblog: unknown;
}

/** Somebody listens as an app does: after every cut it connects again and reads the last ten seconds by REST. */
export const liveIsAtMostOnce: Attack = {
  id: 'P18',
  promise: 'reconnecting and re-reading leaves no gap',
  short: false,
  sizes: { operations: 200, writers: 3, remotes: 2 },
  perform: () => ({ paceMs: 120 }),
  script: async (round) => {
    const leaving = new AbortController();
    const seen = new Set<string>();
    const door = await round.stage.frontDoorBehindProxy();
    const listening = listen(round, { seen, url: `http://localhost:${door.port}`, signal: leaving.signal });
    for (let kill = 1; kill <= KILLS; kill += 1) {
      await round.at((kill - 0.5) / (KILLS + 1));
      const afterBytes = 1 + round.random.below(CUT_BYTES_MAX);
      round.fault(`the listener's connections are cut after ${afterBytes} bytes each`);
      door.set({ kind: 'cut', afterBytes });
      await round.at(kill / (KILLS + 1));
      door.set({ kind: 'pass' });
      round.fault('kill -9 streaming, both copies');
      round.stage.signal('streaming', 'SIGKILL');
      await sleep(500);
      await round.stage.split.ready('streaming');
    }
    await round.at(1);
    await round.stage.settled();
    await reread(round, seen, Date.now() - OVERLAP_MS);
    leaving.abort();
    await listening;
    compare(round, seen);
  },
};

const listener = (round: Round) => localOf(round.people, round.people.cast.writers[0] ?? '');
const tokenOf = (html: string): string => html.replaceAll(/<[^>]*>/g, '').split(' ')[0] ?? '';

async function listen(round: Round, { seen, url, signal }: Pick<Line, 'seen' | 'url' | 'signal'>): Promise<void> {
  const { person } = listener(round);
  // How often it draws depends on when it is cut: the script's own draws shall not.
  const random = new Random(round.options.seed);
  let cutAtMs = Date.now();
  while (!signal.aborted) {
    const sinceMs = cutAtMs - OVERLAP_MS;
    const line: Line = {
      url,
      token: person.token,
      seen,
      signal,
      // Connected again first, read again then, from before it was cut: what happens between the two comes by both.
      opened: () => void sleep(RECONNECT_MS_MAX).then(() => reread(round, seen, sinceMs)).catch(() => undefined),
      ended: () => (cutAtMs = Date.now()),
    };
    // Apps do either.
    await (random.chance(0.5) ? streamOnce(line) : socketOnce(line)).catch(() => undefined);
    if (!signal.aborted) await sleep(random.below(RECONNECT_MS_MAX));
  }
}

/** One connection, from its opening to its cut. */
interface Line {
  readonly url: string;
  readonly token: string;
  readonly seen: Set<string>;
  readonly signal: AbortSignal;
  opened(): void;
  /** Only of what was open. */
  ended(): void;
}

async function streamOnce({ url, token, seen, signal, opened, ended }: Line): Promise<void> {
  const response = await fetch(`${url}/api/v1/streaming/user`, { headers: { authorization: `Bearer ${token}`, accept: 'text/event-stream' }, signal });
  if (response.status !== 200 || response.body === null) throw new Error(`streaming answered ${response.status}`);
  opened();
  try {
    await readEvents(response.body as unknown as AsyncIterable<Uint8Array>, seen);
  } finally {
    ended();
  }
}

async function readEvents(chunks: AsyncIterable<Uint8Array>, seen: Set<string>): Promise<void> {
  const decoder = new TextDecoder();
  let text = '';
  let event = '';
  for await (const chunk of chunks) {
    text += decoder.decode(chunk, { stream: true });
    const lines = text.split('\n');
    text = lines.pop() ?? '';
    for (const line of lines) {
      if (line.startsWith('event:')) event = line.slice(6).trim();
      if (line.startsWith('data:') && event === 'update') note(seen, JSON.parse(line.slice(5)) as StatusJson);
    }
  }
}

/** The same over a WebSocket; resolves when it ends, however it ends. */
function socketOnce({ url, token, seen, signal, opened, ended }: Line): Promise<void> {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/api/v1/streaming?stream=user&access_token=${token}`);
  return new Promise((resolve) => {
    let wasOpen = false;
    signal.addEventListener('abort', () => socket.close(), { once: true });
    socket.addEventListener('open', () => {
      wasOpen = true;
      opened();
    });
    socket.addEventListener('close', () => {
      if (wasOpen) ended();
      resolve();
    });
    socket.addEventListener('message', ({ data }) => {
      const message = JSON.parse(String(data)) as { event?: string; payload?: string };
      if (message.event === 'update' && message.payload !== undefined) note(seen, JSON.parse(message.payload) as StatusJson);
    });
  });
}

/** Pages of the home feed until one reaches back far enough; what is older than that is no part of the promise, and not looked at. */
async function reread(round: Round, seen: Set<string>, sinceMs: number): Promise<void> {
  const { api } = listener(round);
  let maxId = '';
  for (let page = 0; page < 10; page += 1) {
    const answer = await api.ask<(StatusJson & { id: string })[]>('GET', `/api/v1/timelines/home?limit=40${maxId === '' ? '' : `&max_id=${maxId}`}`);
    if (answer.status !== 200) return;
    for (const status of answer.body) if (Date.parse(status.created_at) >= sinceMs) note(seen, status);
    const last = answer.body.at(-1);
    if (last === undefined || Date.parse(last.created_at) < sinceMs) return;
    maxId = last.id;
  }
}

function note(seen: Set<string>, status: StatusJson): void {
  if (status.reblog === null) seen.add(tokenOf(status.content));
}

/** Every post of somebody else here that was acknowledged was seen, by one way or the other; those of remotes bear older dates. */
function compare(round: Round, seen: ReadonlySet<string>): void {
  const { name } = listener(round);
  const acknowledged = new Set(round.history.entries.flatMap((entry) => (entry.type === 'answer' && entry.outcome === 'acknowledged' ? [entry.op] : [])));
  const missed = round.steps.filter(({ op, kind, who, object }) => kind === 'post' && who !== name && round.people.cast.writers.includes(who) && acknowledged.has(op) && !seen.has(object) && !isDeleted(round, object));
  if (missed.length > 0) round.violate(`${missed.length} posts were never seen, e.g. ${factKey.status(missed[0]?.object ?? '')}`);
}

const isDeleted = (round: Round, token: string): boolean => round.steps.some(({ kind, object }) => kind === 'delete' && object === token);
