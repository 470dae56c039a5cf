import { setTimeout as sleep } from 'node:timers/promises';
import { RemoteAuthors, type Sender, type SignedRequest } from '../harness/remote-authors.js';
import { serverLibrary } from '../harness/server-library.js';
import { serveTasks } from '../harness/worker-process.js';
import { arrivals, type Phase } from './schedule.js';

const CONNECTIONS = 64;
/** Ahead of its time a post is signed, when a run is too long to hold all of it. */
const SIGN_AHEAD_MS = 1_000;
const TICK_MS = 2;
/** With everything signed there is nothing to do until the next one is due. */
const REST_MAX_MS = 50;
const TRIES_MAX = 60;
const RETRY_AFTER_MS = { default: 1_000, max: 5_000 };

/** What is sent: posts of remote people to the inboxes, posts of local people by the API, and one person's to everybody. */
export interface LoadPlan {
  readonly inboxPorts: readonly number[];
  readonly apiPort: number;
  readonly domain: string;
  /** Who is named in the posts of each remote author. */
  readonly mentionedUris: readonly string[];
  readonly localTokens: readonly string[];
  readonly phases: readonly Phase[];
  /** Of all posts. */
  readonly localShare: number;
  readonly extra?: { readonly token: string; readonly atSeconds: readonly number[] };
  /** Signed before the clock runs, or a second before they are due. */
  readonly signsBefore: boolean;
}

/** What became of one post. Times are milliseconds of the epoch. */
export interface Sent {
  readonly kind: 'remote' | 'local' | 'extra';
  /** The id of the post: its URI of a remote one, the status id of a local one. */
  readonly key: string;
  readonly dueMs: number;
  readonly answeredMs: number;
  /** Times it was told to come back (429, 503). */
  readonly refusals: number;
}

interface Job {
  readonly kind: Sent['kind'];
  readonly at: number;
  readonly author: number;
  readonly number: number;
  request: SignedRequest | null;
}

interface Answer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: { text(): Promise<string> };
}

interface Pool {
  request(options: { path: string; method: string; headers: Readonly<Record<string, string>>; body: Buffer | string }): Promise<Answer>;
}

const pools = new Map<number, Pool>();
let authors: RemoteAuthors | null = null;
let plan: LoadPlan | null = null;
let jobs: Job[] = [];
let posts = 0;

function poolOf(port: number, connections = CONNECTIONS): Pool {
  const { Pool: UndiciPool } = serverLibrary<{ Pool: new (origin: string, options: object) => Pool }>('federation-client', 'undici');
  const pool = pools.get(port) ?? new UndiciPool(`http://127.0.0.1:${port}`, { connections, keepAliveTimeout: 2_000 });
  pools.set(port, pool);
  return pool;
}

function makeAuthors({ count }: { readonly count: number }): readonly Sender[] {
  authors = new RemoteAuthors(count);
  return authors.senders;
}

/** @returns how many posts the plan has */
function prepare(next: LoadPlan): number {
  plan = next;
  const remote = next.mentionedUris.length;
  jobs = arrivals(next.phases).map((at, index): Job => {
    const isLocal = Math.random() < next.localShare;
    return { kind: isLocal ? 'local' : 'remote', at, author: index % (isLocal ? next.localTokens.length : remote), number: (posts += 1), request: null };
  });
  for (const second of next.extra?.atSeconds ?? []) jobs.push({ kind: 'extra', at: second * 1_000, author: 0, number: (posts += 1), request: null });
  jobs.sort((a, b) => a.at - b.at);
  if (next.signsBefore) for (const job of jobs) job.request = requestOf(job);
  return jobs.length;
}

/** One post of the plan. */
export interface Planned {
  readonly kind: Sent['kind'];
  /** Milliseconds from the start. */
  readonly at: number;
  /** Which of the authors of its kind. */
  readonly author: number;
}

/** The plan, in the order of its times. */
const planned = (): Planned[] => jobs.map(({ kind, at, author }) => ({ kind, at, author }));

function requestOf({ kind, author, number }: Job): SignedRequest {
  if (plan === null || authors === null) throw new Error('there is no plan');
  if (kind !== 'remote') {
    const token = kind === 'extra' ? plan.extra?.token : plan.localTokens[author];
    const body = Buffer.from(JSON.stringify({ status: `The train number ${number} left the yard on time. #trains`, visibility: 'public' }));
    return { headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, body };
  }
  const uri = `${authors.senders[author]?.actorUri}/statuses/${process.pid}${Date.now()}${number}`;
  return authors.create(author, { uri, domain: plan.domain, mentionedUri: plan.mentionedUris[author] ?? '' });
}

/** Sends every post when it is due, whatever became of those before it. @returns all of them, once the last is answered */
async function run({ startMs }: { readonly startMs: number }): Promise<Sent[]> {
  const sending: Promise<Sent>[] = [];
  let next = 0;
  let signed = 0;
  while (next < jobs.length) {
    const now = performance.timeOrigin + performance.now() - startMs;
    for (; next < jobs.length && (jobs[next]?.at ?? 0) <= now; next += 1) {
      const job = jobs[next] as Job;
      sending.push(send(job, startMs + job.at));
    }
    // One a tick, so that signing never holds up what is due.
    for (signed = Math.max(signed, next); signed < jobs.length && (jobs[signed]?.at ?? 0) <= now + SIGN_AHEAD_MS; signed += 1) {
      const job = jobs[signed] as Job;
      if (job.request !== null) continue;
      job.request = requestOf(job);
      break;
    }
    const restMs = (jobs[next]?.at ?? 0) - (performance.timeOrigin + performance.now() - startMs);
    await sleep(plan?.signsBefore === true ? Math.min(REST_MAX_MS, Math.max(1, restMs)) : TICK_MS);
  }
  return Promise.all(sending);
}

/** As much as the server takes: so many at once, the next when one is answered. @returns when and how the plan's posts were taken */
async function flood({ inFlight }: { readonly inFlight: number }): Promise<Sent[]> {
  const sent: Sent[] = [];
  const queue = jobs.values();
  const lane = async (): Promise<void> => {
    for (const job of queue) sent.push(await send(job, performance.timeOrigin + performance.now()));
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
  return sent;
}

/** What a flood that does not listen was answered. */
export interface Pressed {
  readonly answers: Readonly<Record<string, number>>;
  /** Refusals that did not say when to come back. */
  readonly withoutRetryAfter: number;
}

/** The plan's posts over and over, so many at once, whatever is answered: a crowd that does not listen. */
async function press({ inFlight, seconds }: { readonly inFlight: number; readonly seconds: number }): Promise<Pressed> {
  const endMs = performance.now() + seconds * 1_000;
  const requests = jobs.flatMap(({ request }) => request ?? []);
  const pool = poolOf((plan as LoadPlan).inboxPorts[0] ?? 0, inFlight);
  const answers: Record<string, number> = {};
  let [next, withoutRetryAfter] = [0, 0];
  const lane = async (): Promise<void> => {
    while (performance.now() < endMs) {
      const request = requests[(next += 1) % requests.length] as SignedRequest;
      const answer = await pool.request({ path: '/inbox', method: 'POST', ...request });
      await answer.body.text();
      answers[answer.statusCode] = (answers[answer.statusCode] ?? 0) + 1;
      if ((answer.statusCode === 429 || answer.statusCode === 503) && answer.headers['retry-after'] === undefined) withoutRetryAfter += 1;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
  return { answers, withoutRetryAfter };
}

async function send(job: Job, dueMs: number): Promise<Sent> {
  const { inboxPorts, apiPort } = plan as LoadPlan;
  const request = job.request ?? requestOf(job);
  job.request = null;
  const port = job.kind === 'remote' ? (inboxPorts[job.number % inboxPorts.length] ?? 0) : apiPort;
  const path = job.kind === 'remote' ? '/inbox' : '/api/v1/statuses';
  for (let refusals = 0; refusals < TRIES_MAX; refusals += 1) {
    const answer = await poolOf(port).request({ path, method: 'POST', ...request });
    const text = await answer.body.text();
    if (answer.statusCode === 202 || answer.statusCode === 200) {
      const key = job.kind === 'remote' ? (JSON.parse(request.body.toString('utf8')) as { object: { id: string } }).object.id : (JSON.parse(text) as { id: string }).id;
      return { kind: job.kind, key, dueMs, answeredMs: performance.timeOrigin + performance.now(), refusals };
    }
    if (answer.statusCode !== 429 && answer.statusCode !== 503) throw new Error(`a post was answered ${answer.statusCode}: ${text.slice(0, 200)}`);
    await sleep(retryAfterMs(answer));
  }
  throw new Error(`a post was refused ${TRIES_MAX} times`);
}

/** What the server asks for, spread a little: peers that were refused together do not come back together. */
function retryAfterMs({ headers }: Answer): number {
  const seconds = Number(headers['retry-after']);
  const wantedMs = Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : RETRY_AFTER_MS.default;
  return Math.min(wantedMs, RETRY_AFTER_MS.max) * (0.75 + Math.random() / 2);
}

/** An open loop: what arrives does not wait for what came before. */
export const serve = (): void => serveTasks({ makeAuthors, prepare, planned, run, flood, press });
