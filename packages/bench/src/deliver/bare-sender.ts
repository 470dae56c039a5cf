import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { serverLibrary } from '../harness/server-library.js';
import { serveTasks } from '../harness/worker-process.js';

interface Pool {
  request(options: object): Promise<{ statusCode: number; body: { dump(): Promise<void> } }>;
}

const IN_FLIGHT = 128;
const CONNECTIONS_PER_HOST = 8;

let key: KeyObject;
let pools: { readonly host: string; readonly pool: Pool }[] = [];

function open({ hosts }: { readonly hosts: readonly string[] }): void {
  const { Pool: UndiciPool } = serverLibrary<{ Pool: new (origin: string, options: object) => Pool }>('federation-client', 'undici');
  key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  pools = hosts.map((host) => ({ host, pool: new UndiciPool(`http://${host}`, { connections: CONNECTIONS_PER_HOST, keepAliveTimeout: 120_000 }) }));
}

/** Signs and POSTs a body to every host, `times` times. @returns answers of 202 */
async function send({ bodies }: { readonly bodies: readonly string[] }): Promise<number> {
  const work = bodies.flatMap((text) => {
    const body = Buffer.from(text);
    const digest = `SHA-256=${createHash('sha256').update(body).digest('base64')}`;
    return pools.map(({ host, pool }) => ({ host, pool, body, digest }));
  });
  const queue = work.values();
  let accepted = 0;
  const lane = async (): Promise<void> => {
    for (const { host, pool, body, digest } of queue) {
      const date = new Date().toUTCString();
      const type = 'application/activity+json';
      const signature = await signed(`(request-target): post /inbox\nhost: ${host}\ndate: ${date}\ndigest: ${digest}\ncontent-type: ${type}`);
      const parameters = `keyId="http://bench.example/actor#main-key",algorithm="rsa-sha256",headers="(request-target) host date digest content-type",signature="${signature}"`;
      const headers = { host, date, digest, 'content-type': type, signature: parameters };
      const answer = await pool.request({ path: '/inbox', method: 'POST', headers, body });
      await answer.body.dump();
      if (answer.statusCode === 202) accepted += 1;
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
  return accepted;
}

const signed = (text: string): Promise<string> =>
  new Promise((resolve, reject) => {
    sign('sha256', Buffer.from(text), key, (error, signature) => (error === null ? resolve(signature.toString('base64')) : reject(error)));
  });

/** The limit of delivery: a loop that signs and POSTs. */
export const serve = (): void => serveTasks({ open, send });
