import { createConnection } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { readFileSync } from 'node:fs';
import type { Child } from './child.ts';

/**
 * Asks `isReady` until it says yes.
 * @throws a sentence with the end of its log when the process ends, or is not ready after `timeoutMs`
 */
export async function waitUntilReady(name: string, child: Child, isReady: () => Promise<boolean>, timeoutMs: number): Promise<void> {
  const giveUpAt = Date.now() + timeoutMs;
  while (!(await isReady())) {
    if (child.hasEnded()) throw new Error(`${name} ended while starting.${endOfLog(child)}`);
    if (Date.now() > giveUpAt) throw new Error(`${name} was not ready after ${timeoutMs / 1000} s.${endOfLog(child)}`);
    await sleep(25);
  }
}

/** The last lines that a process wrote, for an error's text. */
export function endOfLog(child: Pick<Child, 'logPath' | 'logStart'>): string {
  return ` The end of ${child.logPath}:\n${writtenBy(child).split('\n').slice(-15).join('\n')}`;
}

/** All that a process wrote to its log since it was started. */
export function writtenBy({ logPath, logStart }: Pick<Child, 'logPath' | 'logStart'>): string {
  return readFileSync(logPath).subarray(logStart).toString('utf8').trimEnd();
}

/** Sends `hello` to a port of 127.0.0.1 and tells whether the first answer starts with `expected`. */
export function answers(port: number, hello: string, expected: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ port, host: '127.0.0.1', timeout: 1_000 });
    const finish = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => socket.write(hello));
    socket.once('data', (data) => finish(data.toString('utf8').startsWith(expected)));
    socket.once('timeout', () => finish(false));
    socket.once('error', () => finish(false));
    socket.once('close', () => finish(false));
  });
}
