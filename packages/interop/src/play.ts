import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startBackingServices } from '@trunkline/launcher/backing-services';
import { DataFolder } from '@trunkline/launcher/data-folder';
import { createTestDatabase, freePort, startTestServer, type TestServer, type TestServices } from '@trunkline/testing';
import { ALL_PEERS } from './peers/all-peers.js';
import type { Peer } from './peers/peer.js';
import { allThatCame, letGo } from './report/let-go.js';
import { table } from './report/table.js';
import { playAll } from './scenario/play-all.js';
import { found } from './scenario/our-side.js';
import { NAMES, worldFiles } from './world/private-names.js';
import { TlsDoor } from './world/tls-door.js';

// The inner process: names lead to loopback and certificates are trusted (see private-names.ts).

type Stop = () => Promise<void>;

async function play(world: string, peer: Peer, { keeps, isStrict }: { readonly keeps: boolean; readonly isStrict: boolean }): Promise<number> {
  const stops: Stop[] = [];
  try {
    const services = await backing(world, stops);
    const theirPort = await freePort();
    const ours = async ({ domain, address }: { readonly domain: string; readonly address: string }): Promise<{ readonly server: TestServer; readonly door: TlsDoor }> => {
      const port = await freePort();
      const server = await startTestServer({ services, port, domain, env: { FEDERATION_HTTP_HOSTS: '', ALLOWED_PRIVATE_ADDRESSES: '127.0.0.0/8', AUTHORIZED_FETCH: String(isStrict) } });
      stops.push(() => server.stop());
      const door = await TlsDoor.open(world, address, port);
      stops.push(() => door.close());
      return { server, door };
    };
    const { server, door: ourDoor } = await ours(NAMES.ours);
    const { server: second } = await ours(NAMES.second);
    const theirDoor = await TlsDoor.open(world, NAMES.peer.address, theirPort);
    stops.push(() => theirDoor.close());
    const folder = keeps ? join(process.cwd(), '.data', `interop-${peer.name}`) : join(world, peer.name);
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    const database = async (extension?: string): Promise<string> => {
      const made = await createTestDatabase(services.databaseUrl, { isEmpty: true, ...(extension === undefined ? {} : { extension }) });
      stops.push(() => made.drop());
      return made.url;
    };
    const place = peer.find(process.env) ?? '';
    const running = await peer.start(place, { domain: NAMES.peer.domain, port: theirPort, folder, authority: worldFiles(world).authority, database });
    stops.push(() => running.stop());
    const alice = await server.person('alice');
    const lock = await server.person('lock', { locked: true });
    const admin = await server.person('admin', { role: 'Admin' });
    const reader = await second.person('sam');
    const { account } = await found(alice, running.uri, true);
    if (account === null) throw new Error(`${running.uri} could not be read here`);
    await found(lock, running.uri, true);
    const rows = await playAll({ server, alice, lock, admin, peer: running, them: account, door: theirDoor, second: { server: second, reader } }, (name) => process.stderr.write(`… ${name}\n`));
    process.stdout.write(`\n${table(running.version, rows)}\n${await letGo(server, ourDoor)}\n`);
    if (keeps) await writeFile(join(folder, 'came.tsv'), await allThatCame(server));
    return rows.some(({ ok }) => ok === 'no') ? 1 : 0;
  } finally {
    for (const stop of stops.reverse()) await stop().catch((error: unknown) => process.stderr.write(`${String(error)}\n`));
  }
}

/** Those that the environment names, as the tests' are; else some of its own. */
async function backing(world: string, stops: Stop[]): Promise<TestServices> {
  const { TEST_DATABASE_URL: databaseUrl, TEST_REDIS_URL: redisUrl, TEST_NATS_URL: natsUrl } = process.env;
  if (databaseUrl !== undefined && redisUrl !== undefined && natsUrl !== undefined) return { databaseUrl, redisUrl, natsUrl };
  const data = DataFolder.hold(join(world, 'services'));
  const services = await startBackingServices(data, { isDurable: false });
  stops.push(async () => {
    await services.stop();
    data.release();
    if (data.remembered.postgresFolder !== undefined) await rm(data.remembered.postgresFolder, { recursive: true, force: true });
  });
  return { databaseUrl: services.urls.postgres, redisUrl: services.urls.redis, natsUrl: services.urls.nats };
}

const [world = '', ...args] = process.argv.slice(2);
const peer = ALL_PEERS.find(({ name }) => args.includes(name));
if (peer === undefined) throw new Error('no such peer');
try {
  process.exit(await play(world, peer, { keeps: args.includes('--keep'), isStrict: args.includes('--authorized-fetch') }));
} catch (error) {
  process.stderr.write(`trunkline: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
}
