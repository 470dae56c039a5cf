import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a server that does as it should would answer. */
export interface HonestAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** How a scripted remote answers one request. Times in milliseconds. */
export type Answer =
  | { readonly kind: 'honest'; readonly delayMs?: number }
  /** Another status instead, e.g. 503 with Retry-After. */
  | { readonly kind: 'status'; readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string; readonly delayMs?: number }
  /** The honest answer, one byte at a time. */
  | { readonly kind: 'drip'; readonly everyMs: number }
  /** Takes the request and says nothing. */
  | { readonly kind: 'never' }
  /** A TCP reset in the middle of the exchange. */
  | { readonly kind: 'reset' }
  /** A body without an end, as fast as it is read. */
  | { readonly kind: 'endless'; readonly status?: number }
  | { readonly kind: 'redirect'; readonly to: string }
  /** The honest document, changed: another host's id, a missing field, no JSON at all. */
  | { readonly kind: 'forged'; readonly forge: (body: string) => string; readonly contentType?: string };

/** Documents are what others GET, inboxes what they POST to. `listening: false`: the port is closed. */
export interface Behaviour {
  readonly listening: boolean;
  readonly documents: Answer;
  readonly inbox: Answer;
}

export type BehaviourName = 'honest' | 'slow' | 'dead' | 'hostile';

const SLOW_MS = 1_500;

export const BEHAVIOURS: Readonly<Record<BehaviourName, Behaviour>> = {
  honest: { listening: true, documents: { kind: 'honest' }, inbox: { kind: 'honest' } },
  slow: { listening: true, documents: { kind: 'honest', delayMs: SLOW_MS }, inbox: { kind: 'honest', delayMs: SLOW_MS } },
  dead: { listening: false, documents: { kind: 'reset' }, inbox: { kind: 'reset' } },
  // What it sends never ends: whoever reads without a limit is lost.
  hostile: { listening: true, documents: { kind: 'endless' }, inbox: { kind: 'endless', status: 202 } },
};

const CHUNK = Buffer.alloc(16_384, ' ');

/** Answers in the way of the script. Resolves when there is nothing more to send, or the other side has gone. */
export async function sendAnswer(request: IncomingMessage, response: ServerResponse, answer: Answer, honest: HonestAnswer): Promise<void> {
  switch (answer.kind) {
    case 'never':
      return;
    case 'reset':
      request.socket.resetAndDestroy();
      return;
    case 'redirect':
      response.writeHead(302, { Location: answer.to }).end();
      return;
    case 'endless':
      return streamForEver(response, answer.status ?? 200, honest);
    case 'drip':
      return drip(response, answer.everyMs, honest);
    case 'forged': {
      const contentType = answer.contentType ?? honest.headers['Content-Type'] ?? 'text/plain';
      response.writeHead(honest.status, { ...honest.headers, 'Content-Type': contentType }).end(answer.forge(honest.body));
      return;
    }
    case 'status':
      if (!(await pause(response, answer.delayMs))) return;
      response.writeHead(answer.status, answer.headers ?? {}).end(answer.body ?? '');
      return;
    case 'honest':
      if (!(await pause(response, answer.delayMs))) return;
      response.writeHead(honest.status, honest.headers).end(honest.body);
  }
}

/** The status that the script gives, null when it gives none at all. */
export function statusOf(answer: Answer, honest: HonestAnswer): number | null {
  switch (answer.kind) {
    case 'never':
    case 'reset':
      return null;
    case 'redirect':
      return 302;
    case 'status':
      return answer.status;
    case 'endless':
      return answer.status ?? 200;
    default:
      return honest.status;
  }
}

/** Whether somebody still listens after that time. */
async function pause(response: ServerResponse, delayMs = 0): Promise<boolean> {
  if (delayMs > 0) await sleep(delayMs);
  return !response.destroyed;
}

async function drip(response: ServerResponse, everyMs: number, honest: HonestAnswer): Promise<void> {
  response.writeHead(honest.status, honest.headers);
  for (const byte of Buffer.from(honest.body)) {
    if (response.destroyed) return;
    response.write(Buffer.of(byte));
    await sleep(everyMs);
  }
  response.end();
}

async function streamForEver(response: ServerResponse, status: number, honest: HonestAnswer): Promise<void> {
  response.writeHead(status, honest.headers);
  while (!response.destroyed) {
    if (response.write(CHUNK)) await sleep(1);
    else await drainedOrClosed(response);
  }
}

function drainedOrClosed(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    response.once('drain', resolve);
    response.once('close', resolve);
  });
}
