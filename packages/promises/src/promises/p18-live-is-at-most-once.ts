import { setTimeout as sleep } from 'node:timers/promises';
import { factKey } from '../load/claims.js';
import { localOf } from '../load/cast.js';
import type { Attack, Round } from '../round.js';

/** What a client reads again after it was cut off. */
const OVERLAP_MS = 10_000;
const KILLS = 4;
const RECONNECT_MS_MAX = 500;

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
    const listening = listen(round, seen, leaving.signal);
    for (let kill = 1; kill <= KILLS; kill += 1) {
      await round.at(kill / (KILLS + 1));
      round.fault('kill -9 streaming, both copies');
      round.stage.signal('streaming', 'SIGKILL');
      await sleep(500);
      await round.stage.split.ready('streaming');
    }
    await round.at(1);
    await round.stage.settled();
    await reread(round, seen);
    leaving.abort();
    await listening;
    compare(round, seen);
  },
};

const listener = (round: Round) => localOf(round.people, round.people.cast.writers[0] ?? '');
const tokenOf = (html: string): string => html.replaceAll(/<[^>]*>/g, '').split(' ')[0] ?? '';

async function listen(round: Round, seen: Set<string>, signal: AbortSignal): Promise<void> {
  const { person } = listener(round);
  while (!signal.aborted) {
    await streamOnce(`${round.stage.split.url}/api/v1/streaming/user`, person.token, seen, signal).catch(() => undefined);
    if (signal.aborted) return;
    await sleep(round.random.below(RECONNECT_MS_MAX));
    // Connected again first, read again then: what happens between the two comes by both.
    void sleep(RECONNECT_MS_MAX).then(() => reread(round, seen)).catch(() => undefined);
  }
}

async function streamOnce(url: string, token: string, seen: Set<string>, signal: AbortSignal): Promise<void> {
  const response = await fetch(url, { headers: { authorization: `Bearer ${token}`, accept: 'text/event-stream' }, signal });
  if (response.status !== 200 || response.body === null) throw new Error(`streaming answered ${response.status}`);
  const decoder = new TextDecoder();
  let text = '';
  let event = '';
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    text += decoder.decode(chunk, { stream: true });
    const lines = text.split('\n');
    text = lines.pop() ?? '';
    for (const line of lines) {
      if (line.startsWith('event:')) event = line.slice(6).trim();
      if (line.startsWith('data:') && event === 'update') note(seen, JSON.parse(line.slice(5)) as StatusJson);
    }
  }
}

/** Pages of the home feed until one reaches back far enough. */
async function reread(round: Round, seen: Set<string>): Promise<void> {
  const { api } = listener(round);
  const since = Date.now() - OVERLAP_MS;
  let maxId = '';
  for (let page = 0; page < 10; page += 1) {
    const answer = await api.ask<(StatusJson & { id: string })[]>('GET', `/api/v1/timelines/home?limit=40${maxId === '' ? '' : `&max_id=${maxId}`}`);
    if (answer.status !== 200) return;
    for (const status of answer.body) note(seen, status);
    const last = answer.body.at(-1);
    if (last === undefined || Date.parse(last.created_at) < since) return;
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
