import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { withBackbone } from '@trunkline/platform';
import { startTestServer, type TestServer } from '@trunkline/testing';
import { MediaModule } from '../src/index.js';

let folder: string;
let server: TestServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'media-'));
  await mkdir(join(folder, 'media', 'a'), { recursive: true });
  await writeFile(join(folder, 'secrets.json'), 'secret');
  await writeFile(join(folder, 'media', 'a', 'cat.png'), 'picture');
  await writeFile(join(folder, 'media', 'a', 'page.html'), '<script>alert(1)</script>');
  server = await startTestServer({ env: { DATA_DIR: folder }, service: { name: 'media', module: MediaModule, ...withBackbone({ consumes: false }) } });
}, 60_000);
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

test('a picture is sent as what it is, and may do nothing', async () => {
  const response = await fetch(`${server.url}/media/a/cat.png`);
  expect(await response.text()).toBe('picture');
  expect(response.status).toBe(200);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'image/png',
    'content-length': '7',
    'x-content-type-options': 'nosniff',
    'content-security-policy': expect.stringContaining('sandbox'),
    'access-control-allow-origin': '*',
    'cache-control': expect.stringContaining('immutable'),
  });
});

test('what could hold a script is only saved', async () => {
  const response = await fetch(`${server.url}/media/a/page.html`);
  expect([response.headers.get('content-type'), response.headers.get('content-disposition')]).toEqual(['application/octet-stream', 'attachment']);
  await response.body?.cancel();
});

// Sent as they are: fetch would tidy them up first.
test.each(['/media/../secrets.json', '/media/%2e%2e/secrets.json', '/media/..%2fsecrets.json', '/media/a/', '/media/a', '/media/', '/media/a/dog.png', '/media/a%00.png'])(
  '%s leads nowhere',
  async (path) => {
    const status = await new Promise<number>((resolve, reject) => {
      request({ host: '127.0.0.1', port: new URL(server.url).port, path }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      })
        .once('error', reject)
        .end();
    });
    expect(status).toBe(404);
  },
);

test('uploads are refused in words, after the usual checks', async () => {
  const person = await server.person('alice');
  const form = (): FormData => {
    const data = new FormData();
    data.set('file', new Blob(['picture'], { type: 'image/png' }), 'cat.png');
    return data;
  };
  for (const path of ['/api/v1/media', '/api/v2/media']) {
    const response = await fetch(server.url + path, { method: 'POST', body: form(), headers: { authorization: `Bearer ${person.token}` } });
    expect([response.status, await response.json()]).toEqual([422, { error: 'Media uploads are not available yet on this server' }]);
    const stranger = await fetch(server.url + path, { method: 'POST', body: form() });
    expect(stranger.status).toBe(401);
    await stranger.body?.cancel();
  }
});
