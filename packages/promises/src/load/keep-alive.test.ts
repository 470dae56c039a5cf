import { afterEach, expect, test } from '@jest/globals';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { untilConnectionEnds } from './keep-alive.js';

let server: Server;
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** Answers so many requests, then does the last thing. */
async function serving(times: number, last: (response: ServerResponse) => void): Promise<number> {
  let answered = 0;
  server = createServer((_request, response) => void (answered++ < times ? response.end('ok') : last(response)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}
const never = new AbortController().signal;

test('a server that says that this was the last answer has told', async () => {
  const port = await serving(2, (response) => response.setHeader('connection', 'close').end('ok'));
  expect(await untilConnectionEnds(port, never)).toBe('told');
});

test('a server that hangs up in the middle has cut', async () => {
  const port = await serving(2, (response) => response.destroy());
  expect(await untilConnectionEnds(port, never)).toMatchObject({ cut: 'socket hang up' });
});
