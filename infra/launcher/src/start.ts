import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { givenUrls, startBackingServices } from './backing-services.ts';
import { buildAll } from './build.ts';
import { DataFolder } from './data-folder.ts';
import { endProcesses } from './end-processes.ts';
import { isFree } from './free-port.ts';
import { readJson } from './json-file.ts';
import { repositoryRoot } from './repository-root.ts';
import { migrate } from './running-server.ts';
import { defaultPort, serverEnvironment } from './server-environment.ts';
import { startServer } from './start-server.ts';
import { startSplit } from './start-split.ts';
import { StopInOrder } from './stop-in-order.ts';

const help = `npm start [-- --split [--replicas N]]

  Starts a server on http://localhost:3000 with all it needs. Settings are environment variables: PORT, LOCAL_DOMAIN and
  DATA_DIR tell copies apart, FEDERATION_HTTP_HOSTS=localhost:3000,localhost:3001 lets two copies meet; DATABASE_URL,
  REDIS_URL and NATS_URL use services that run already.

  --split       every service as a process of its own, behind a reverse proxy
  --replicas N  with --split: copies of each service, 1 unless told`;

/** Everything `npm start` does after the installation; returns once the server answers. */
async function start(stops: StopInOrder): Promise<void> {
  const { values } = parseArgs({ options: { split: { type: 'boolean' }, replicas: { type: 'string' }, help: { type: 'boolean', short: 'h' } } });
  if (values.help) return console.log(help);
  const replicas = readReplicas(values.replicas);
  const dataDir = process.env.DATA_DIR || join(repositoryRoot, '.data');
  const isFirst = !existsSync(join(dataDir, 'environment.json'));
  const folder = DataFolder.hold(dataDir);
  stops.add(() => folder.release());
  // Catches what was being started when the stop came.
  stops.add(() => endProcesses(folder));
  stops.addFirst(() => void (folder.isClosing = true));
  const isSplit = values.split ?? replicas > 1;
  const port = await readPort(isSplit);
  const [services] = await Promise.all([startBackingServices(folder, { given: givenUrls(process.env) }), buildAll()]);
  stops.add(() => services.stop());
  const nameBefore = readJson<{ LOCAL_DOMAIN?: string }>(join(folder.path, 'environment.json'))?.LOCAL_DOMAIN;
  const env = serverEnvironment(folder, services.urls, process.env);
  await stops.during(migrate(env));
  const options = { port, env, replicas, isShown: true };
  const server = await stops.during(isSplit ? startSplit(folder, options) : startServer(folder, options), (started) => started.stop());
  welcome(server.url, folder.path, isFirst);
  if (nameBefore && nameBefore !== env.LOCAL_DOMAIN) console.log(renamed(nameBefore, env.LOCAL_DOMAIN ?? ''));
}

/** PORT, when it is free; one that is no port is left to the server, which tells all faults of its settings at once. */
async function readPort(isSplit: boolean): Promise<number> {
  const port = Number(process.env.PORT || defaultPort);
  const isPort = Number.isInteger(port) && port > 0 && port < 65_536;
  // The copies of a split server have ports of their own and would not notice.
  if (!isPort && isSplit) throw new Error('PORT must be a whole number from 1 to 65535.');
  if (isPort && !(await isFree(port))) throw new Error(`Port ${port} is taken: set PORT, LOCAL_DOMAIN and DATA_DIR for another copy.`);
  return port;
}

/** Ids hold the name for ever: who only wanted another port is told what else changed. */
function renamed(before: string, now: string): string {
  return `\nThis server was ${before} until now and is ${now} from now on: what it published so far keeps the old name, so other\nservers will not find it. If that was not meant, stop it and start it with LOCAL_DOMAIN=${before}, or with another DATA_DIR.\n`;
}

function readReplicas(text: string | undefined): number {
  const replicas = Number(text ?? 1);
  if (!Number.isInteger(replicas) || replicas < 1 || replicas > 16) throw new Error('--replicas must be a whole number from 1 to 16.');
  return replicas;
}

function welcome(url: string, folder: string, isFirst: boolean): void {
  console.log(`\nTrunkline answers at ${url}   (Ctrl-C stops it; its data and logs are in ${folder})`);
  if (!isFirst) return;
  const isUsual = relative(repositoryRoot, folder) === '.data';
  const mails = process.env.SMTP_SERVER ? '' : 'Mails are not sent: their links are shown below.';
  const command = `${isUsual ? '' : `DATA_DIR=${folder} `}npx trunkline accounts create alice --email alice@example.com --role Owner --confirmed`;
  console.log(`\nThis is its first start. Create the owner in a second terminal:\n\n  ${command}\n\nIt prints the password; then sign in at ${url}/home or with any Mastodon app. ${mails}\n`);
}

const stops = new StopInOrder();
stops.stopOnSignals();
try {
  await start(stops);
} catch (error) {
  // A signal that came while starting makes the steps under way fail; that is no fault.
  if (!stops.isStopping) {
    console.error(`\ntrunkline: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
  await stops.stop();
}
