import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const ASK_EVERY_MS = 20;
const ANSWER_MS_MAX = 30_000;

/**
 * How a connection that was kept came to its end: told by an answer that it was the last one, or closed while nothing was on its way; or cut
 * with a request on its way, so long after the answer before.
 */
export type ConnectionEnd = 'told' | { readonly cut: string; readonly idleMs: number };

/**
 * One request after the other over one connection, as an ingress keeps it, until its server lets go of it. A server that stops in order says so in
 * an answer, and takes every request that was on its way.
 */
export async function untilConnectionEnds(port: number, signal: AbortSignal): Promise<ConnectionEnd> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  try {
    let answeredAtMs = performance.now();
    while (!signal.aborted) {
      const answer = await ask(port, agent);
      // A new connection that is refused: the old one was closed between two requests.
      if (answer === 'told' || answer === 'connect ECONNREFUSED') return 'told';
      if (answer !== 'kept') return { cut: answer, idleMs: performance.now() - answeredAtMs };
      answeredAtMs = performance.now();
      await sleep(ASK_EVERY_MS);
    }
    return 'told';
  } finally {
    agent.destroy();
  }
}

/** `kept`, `told`, or what went wrong. */
function ask(port: number, agent: Agent): Promise<string> {
  return new Promise((resolve) => {
    const sent = request({ port, host: '127.0.0.1', path: '/livez', agent, timeout: ANSWER_MS_MAX }, (answer) => {
      answer.resume();
      answer.once('error', (error) => resolve(error.message));
      answer.once('end', () => resolve(answer.headers.connection === 'close' ? 'told' : 'kept'));
    });
    sent.once('timeout', () => sent.destroy(new Error(`no answer in ${ANSWER_MS_MAX} ms`)));
    sent.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNREFUSED' ? 'connect ECONNREFUSED' : error.message));
    sent.end();
  });
}
