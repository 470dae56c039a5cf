import { afterEach, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBackingServices } from '../src/backing-services.ts';
import { DataFolder } from '../src/data-folder.ts';
import { isRunning } from '../src/process-identity.ts';
import { answers } from '../src/wait-until.ts';

const undo: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

function makeFolder(): string {
  const path = mkdtempSync(join(tmpdir(), 'trunkline-services-'));
  undo.push(() => {
    const { postgresFolder } = JSON.parse(readFileSync(join(path, 'services.json'), 'utf8')) as { postgresFolder?: string };
    for (const folder of [path, postgresFolder]) if (folder) rmSync(folder, { recursive: true, force: true });
  });
  return path;
}

async function start(path: string): Promise<{ folder: DataFolder; services: Awaited<ReturnType<typeof startBackingServices>> }> {
  const folder = DataFolder.hold(path);
  undo.push(() => folder.release());
  const services = await startBackingServices(folder, { isDurable: false });
  undo.push(() => services.stop());
  return { folder, services };
}

const portOf = (url: string): number => Number(new URL(url).port);
/** nats-server greets everyone who connects. */
const isNatsThere = (url: string): Promise<boolean> => answers(portOf(url), '', 'INFO ');

test('two copies run side by side, and nothing is left when they have stopped', async () => {
  const [one, two] = [await start(makeFolder()), await start(makeFolder())];
  const ports = [one, two].flatMap(({ services }) => Object.values(services.urls).map(portOf));
  expect(new Set(ports).size).toBe(6);
  expect([await isNatsThere(one.services.urls.nats), await isNatsThere(two.services.urls.nats)]).toEqual([true, true]);
  const known = [one, two].flatMap(({ folder }) => Object.values(folder.remembered.processes));
  expect(known).toHaveLength(6);
  await Promise.all([one.services.stop(), two.services.stop()]);
  expect(known.filter(isRunning)).toEqual([]);
});

test('a start that was killed leaves services that the next start ends; addresses stay', async () => {
  const path = makeFolder();
  const code = `
    const { DataFolder } = await import(${JSON.stringify(join(import.meta.dirname, '../src/data-folder.ts'))});
    const { startBackingServices } = await import(${JSON.stringify(join(import.meta.dirname, '../src/backing-services.ts'))});
    await startBackingServices(DataFolder.hold(${JSON.stringify(path)}), { isDurable: false });
    process.kill(process.pid, 'SIGKILL');`;
  const killed = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: 'inherit', env: { ...process.env, NODE_OPTIONS: '' } });
  await once(killed, 'exit');
  const left = JSON.parse(readFileSync(join(path, 'services.json'), 'utf8')) as { processes: DataFolder['remembered']['processes']; ports: Record<string, number> };
  const leftovers = Object.values(left.processes);
  expect(leftovers.filter(isRunning)).toHaveLength(3);
  expect(existsSync(join(path, 'launcher.lock'))).toBe(true);
  const { services } = await start(path);
  expect(leftovers.filter(isRunning)).toEqual([]);
  expect(portOf(services.urls.postgres)).toBe(left.ports.postgres);
  expect(await isNatsThere(services.urls.nats)).toBe(true);
});

test('what is given is not started', async () => {
  const folder = DataFolder.hold(makeFolder());
  undo.push(() => folder.release());
  const given = { postgres: 'postgres://given', redis: 'redis://given', nats: 'nats://given' };
  const services = await startBackingServices(folder, { given });
  expect([services.urls, services.children]).toEqual([given, {}]);
});
