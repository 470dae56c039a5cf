import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { buildAll } from '@trunkline/launcher/build';

jest.setTimeout(120_000);

const run = promisify(execFile);
const FOLDER = join(import.meta.dirname, 'private-ca');
const file = (name: string): string => join(FOLDER, name);

let peer: Server;
let url: string;

beforeAll(async () => {
  await buildAll();
  peer = createServer({ key: readFileSync(file('server-key.pem')), cert: readFileSync(file('server.pem')) }, (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/activity+json' });
    response.end(JSON.stringify({ '@context': 'https://www.w3.org/ns/activitystreams', id: url, type: 'Note' }));
  });
  await new Promise<void>((resolve) => peer.listen(0, '127.0.0.1', resolve));
  url = `https://localhost:${(peer.address() as AddressInfo).port}/notes/1`;
});
afterAll(() => new Promise((resolve) => peer.close(resolve)));

const ask = async (env: Readonly<Record<string, string>>): Promise<unknown> => {
  const { stdout } = await run(process.execPath, [file('ask-peer.mjs'), url], { env: { PATH: process.env['PATH'] ?? '', ...env } });
  return JSON.parse(stdout);
};

test('a peer behind a private authority is read over https when NODE_EXTRA_CA_CERTS names it', async () => {
  expect(await ask({ NODE_EXTRA_CA_CERTS: file('ca.pem') })).toEqual({ id: url });
});

test('without it the certificate is refused', async () => {
  expect(await ask({})).toEqual({ code: 'network' });
});
