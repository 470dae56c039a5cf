import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { startTestServer, type TestServer } from '../src/index.js';

jest.setTimeout(60_000);

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const ask = (method: string, path: string, accept?: string): Promise<Response> =>
  fetch(`${server.url}${path}`, { method, redirect: 'manual', headers: accept === undefined ? {} : { accept } });

// Lemmy takes three days of 4xx or 5xx at its daily look for a death, and delivers nothing from then on.
test.each([
  '/.well-known/nodeinfo',
  '/nodeinfo/2.0',
  '/nodeinfo/2.1',
  // Asked for by what does not follow the links.
  '/nodeinfo/2.0.json',
  '/nodeinfo/2.1.json',
])('who asks whether we live at %s is answered, whatever they accept', async (path) => {
  for (const accept of [undefined, '*/*', 'application/json', 'text/html', 'application/activity+json']) {
    const answer = await ask('GET', path, accept);
    expect([path, accept, answer.status]).toEqual([path, accept, 200]);
    expect(JSON.parse(await answer.text())).toBeInstanceOf(Object);
  }
  const head = await ask('HEAD', path);
  expect([head.status, await head.text()]).toEqual([200, '']);
});

// Uptime checks, and servers that look at the front door.
test.each(['/', '/actor', '/.well-known/host-meta'])('%s is no error for GET and HEAD', async (path) => {
  for (const method of ['GET', 'HEAD']) expect([method, (await ask(method, path)).status < 400]).toEqual([method, true]);
});

test('an inbox that is looked at says what it takes', async () => {
  for (const method of ['GET', 'HEAD']) {
    const answer = await ask(method, '/inbox');
    expect([method, answer.status, answer.headers.get('allow')]).toEqual([method, 405, 'POST']);
  }
});
