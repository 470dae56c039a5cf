import type { Command } from 'commander';
import { connectBroker } from '@trunkline/messaging';
import { migrationsAreCurrent, Redis } from '@trunkline/persistence';
import type { Settings } from '@trunkline/platform';
import { connect, settingsOf } from '../operator.js';
import { Refusal, type Terminal } from '../terminal.js';

export function addConfigCommands(program: Command, terminal: Terminal): void {
  const config = program.command('config').description('the settings');
  config
    .command('check')
    .description('say every fault of the settings, and whether Postgres, Redis and NATS answer')
    .action(() => check(terminal));
}

interface Check {
  readonly what: string;
  readonly run: (settings: Settings) => Promise<void>;
}

const CHECKS: readonly Check[] = [
  { what: 'Postgres', run: (settings) => checkPostgres(settings) },
  { what: 'Redis', run: (settings) => checkRedis(settings) },
  { what: 'NATS', run: (settings) => checkNats(settings) },
];

async function check(terminal: Terminal): Promise<void> {
  const settings = settingsOf(terminal);
  terminal.out(`The settings are right: ${settings.localDomain} at ${settings.baseUrl}.\n`);
  let failed = 0;
  for (const { what, run } of CHECKS) {
    try {
      await run(settings);
      terminal.out(`${what} answers.\n`);
    } catch (error) {
      failed += 1;
      terminal.out(`${what}: ${error instanceof Error ? error.message : String(error)}\n`);
    }
  }
  if (settings.smtp === null) terminal.out('SMTP_SERVER is not set: no mail is sent.\n');
  if (failed > 0) throw new Refusal(`${failed} of ${CHECKS.length} services did not answer as they should.`);
}

async function checkPostgres({ database }: Settings): Promise<void> {
  const db = await connect(database.url);
  try {
    if (!(await migrationsAreCurrent(db))) throw new Refusal('the tables are not up to date: run `npx trunkline db migrate`.');
  } finally {
    await db.close();
  }
}

async function checkRedis({ redis }: Settings): Promise<void> {
  const connection = await Redis.connect({ url: redis.url, prefix: redis.prefix, onError: () => undefined });
  await connection.ping().finally(() => connection.close());
}

async function checkNats({ nats }: Settings): Promise<void> {
  const broker = await connectBroker({ url: nats.url, prefix: nats.prefix, name: 'trunkline-cli', hooks: { log: () => undefined }, firstConnectTimeoutMs: 0 });
  await broker.drain();
}
