import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createConnection, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { FaultProxy } from './fault-proxy.js';

// Behind the proxy stands an echo: what comes back has passed it twice.
let echo: Server;
let proxy: FaultProxy;
const opened: Socket[] = [];

beforeEach(async () => {
  echo = createServer((socket) => socket.on('error', () => undefined).pipe(socket));
  await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
  proxy = await FaultProxy.start((echo.address() as AddressInfo).port);
});
afterEach(async () => {
  for (const socket of opened.splice(0)) socket.destroy();
  await proxy.stop();
  await new Promise((resolve) => echo.close(resolve));
});

class Wire {
  text = '';
  ended: string | null = null;
  readonly socket = createConnection({ port: proxy.port, host: '127.0.0.1' });

  constructor() {
    opened.push(this.socket);
    this.socket.on('data', (data: Buffer) => (this.text += data.toString()));
    this.socket.on('error', (error: NodeJS.ErrnoException) => (this.ended = error.code ?? 'error'));
    this.socket.on('close', () => (this.ended ??= 'closed'));
  }

  say(text: string): void {
    this.socket.write(text);
  }
}

async function until(fact: () => boolean, patienceMs = 5_000): Promise<void> {
  for (const end = Date.now() + patienceMs; !fact(); ) {
    if (Date.now() > end) throw new Error('waited in vain');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test('pass: what is sent comes back, and an end is passed on', async () => {
  const wire = new Wire();
  wire.say('hello');
  await until(() => wire.text === 'hello');
  wire.socket.end();
  await until(() => wire.ended === 'closed');
});

test('delay: later, in order', async () => {
  proxy.set({ kind: 'delay', ms: 60 });
  const wire = new Wire();
  const startMs = performance.now();
  for (const word of ['a', 'b', 'c']) {
    wire.say(word);
    await pause(2);
  }
  await until(() => wire.text === 'abc');
  expect(performance.now() - startMs).toBeGreaterThan(110);
});

test('drip: byte by byte', async () => {
  const wire = new Wire();
  wire.say('x');
  await until(() => wire.text === 'x');
  proxy.set({ kind: 'drip', everyMs: 15 });
  wire.say('0123456789');
  await until(() => wire.text.length > 1);
  expect(wire.text.length).toBeLessThan(8);
  await until(() => wire.text === 'x0123456789');
});

test('blackhole: silence on an open connection; after it, a new one is needed', async () => {
  const wire = new Wire();
  wire.say('before');
  await until(() => wire.text === 'before');
  proxy.set({ kind: 'blackhole' });
  wire.say('lost');
  await pause(50);
  expect([wire.text, wire.ended]).toEqual(['before', null]);
  proxy.set({ kind: 'pass' });
  await until(() => wire.ended === 'ECONNRESET');
  const next = new Wire();
  next.say('after');
  await until(() => next.text === 'after');
});

test('reset: standing and new connections alike', async () => {
  const wire = new Wire();
  wire.say('before');
  await until(() => wire.text === 'before');
  proxy.set({ kind: 'reset' });
  await until(() => wire.ended === 'ECONNRESET');
  const next = new Wire();
  await until(() => next.ended !== null);
});

test('cut: after so many bytes', async () => {
  proxy.set({ kind: 'cut', afterBytes: 8 });
  const wire = new Wire();
  wire.say('12345');
  // Five there, three of five back.
  await until(() => wire.ended !== null);
  expect('12345'.startsWith(wire.text)).toBe(true);
  expect(wire.text.length).toBeLessThanOrEqual(3);
});
