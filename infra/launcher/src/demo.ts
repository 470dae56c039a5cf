import { join } from 'node:path';
import { startBackingServices } from './backing-services.ts';
import { buildAll } from './build.ts';
import { DataFolder } from './data-folder.ts';
import { peopleOf, seed } from './demo-people.ts';
import type { DemoServer } from './demo-people.ts';
import { endProcesses } from './end-processes.ts';
import { freePort, isFree } from './free-port.ts';
import { repositoryRoot } from './repository-root.ts';
import { migrate } from './running-server.ts';
import { serverEnvironment } from './server-environment.ts';
import { startServer } from './start-server.ts';
import { StopInOrder } from './stop-in-order.ts';

/** `npm run demo`: two servers side by side whose people follow each other. */
async function demo(stops: StopInOrder): Promise<void> {
  const home = process.env.DATA_DIR || join(repositoryRoot, '.data', 'demo');
  const folders = [holdFolder(stops, join(home, 'one')), holdFolder(stops, join(home, 'two'))] as const;
  for (const folder of folders) await endProcesses(folder);
  const ports = [await portOf(folders[0], 3000), await portOf(folders[1], 3001)] as const;
  const hosts = ports.map((port) => `localhost:${port}`).join(',');
  await buildAll();
  const [one, two] = await Promise.all([startDemoServer(stops, folders[0], ports[0], hosts), startDemoServer(stops, folders[1], ports[1], hosts)]);
  console.log('Letting the people of both servers follow each other …');
  const isFresh = await seed([one, two]);
  if (isFresh) console.log('Every post has crossed.');
  [one, two].forEach((server, index) => introduce(server, index as 0 | 1));
  console.log('\nDo so on both in two browser windows (a private one for the second), post on one, and see it on the other. Ctrl-C stops both.');
}

function holdFolder(stops: StopInOrder, path: string): DataFolder {
  const folder = DataFolder.hold(path);
  stops.add(() => folder.release());
  stops.add(() => endProcesses(folder));
  stops.addFirst(() => void (folder.isClosing = true));
  return folder;
}

/** Handles and ids hold the port, so it stays for ever what it was at the first start. */
async function portOf(folder: DataFolder, preferred: number): Promise<number> {
  const known = folder.remembered.ports.http;
  if (known !== undefined && !(await isFree(known))) {
    throw new Error(`Port ${known}, which this demo's names hold, is taken: stop what runs there, or delete ${folder.path} to begin anew.`);
  }
  return (folder.remembered.ports.http = known ?? (await freePort(preferred)));
}

async function startDemoServer(stops: StopInOrder, folder: DataFolder, port: number, hosts: string): Promise<DemoServer> {
  const services = await startBackingServices(folder);
  stops.add(() => services.stop());
  const domain = `localhost:${port}`;
  const own = { NODE_ENV: 'development', PORT: String(port), LOCAL_DOMAIN: domain, WEB_DOMAIN: '', FEDERATION_HTTP_HOSTS: hosts, SITE_TITLE: `Trunkline demo, ${domain}` };
  const env = serverEnvironment(folder, services.urls, { ...process.env, ...own });
  await stops.during(migrate(env));
  const server = await stops.during(startServer(folder, { port, env }), (started) => started.stop());
  return { url: server.url, domain, folder, env };
}

function introduce(server: DemoServer, index: 0 | 1): void {
  console.log(`\nOpen ${server.url}/home and sign in with an e-mail address and password:`);
  for (const { name, email, password, isOwner } of peopleOf(server.folder, index)) {
    console.log(`  @${name}@${server.domain}   e-mail ${email}   password ${password}${isOwner ? '   (owner)' : ''}`);
  }
}

const stops = new StopInOrder();
stops.stopOnSignals();
try {
  await demo(stops);
} catch (error) {
  if (!stops.isStopping) {
    console.error(`\ntrunkline: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
  await stops.stop();
}
