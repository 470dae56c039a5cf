import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startBackingServices } from '@trunkline/launcher/backing-services';
import { DataFolder } from '@trunkline/launcher/data-folder';
import { readCorpus } from './folder/read-corpus.js';
import { playFolder } from './play-folder.js';

const HELP = `npm run corpus -- FOLDER

Plays every document of a folder against a whole server whose remote world is that folder: activities go to its inbox,
signed with new keys, everything else is fetched as a person who pastes its address would have it fetched. Prints what
became of them, by server software, and ends with 1 when anything was not understood, crashed the server, was answered
5xx, left half-written rows, or, of an attack, any trace at all. The folder holds an INDEX.tsv whose first line names
its columns: path, server, type, note. Files in a folder "attack", or with ATTACK in their note, are attacks. Without an
INDEX.tsv every file is played, and its server is the name of its folder.

  --seen   also prints what a client sees of each file`;

const OPTIONS = ['--seen', '--help', '-h'];

const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** @returns the exit status: 0 when the last column is zero, 1 when it is not, 2 when there was nothing to play */
export async function main(args: readonly string[]): Promise<number> {
  const [folder, ...more] = args.filter((arg) => !arg.startsWith('-'));
  const strange = [...more, ...args.filter((arg) => arg.startsWith('-') && !OPTIONS.includes(arg))];
  if (args.includes('--help') || args.includes('-h')) {
    say(HELP);
    return 0;
  }
  if (folder === undefined || strange.length > 0) {
    process.stderr.write(`trunkline: ${folder === undefined ? 'which folder?' : `it takes one folder, and does not know ${strange.join(' ')}`}\n\n${HELP}\n`);
    return 2;
  }
  // npm changes to the root of the project; the path was typed elsewhere.
  const path = resolve(process.env['INIT_CWD'] ?? process.cwd(), folder);
  try {
    // Before anything is started for it.
    readCorpus(path);
    return await play(path, args.includes('--seen'));
  } catch (error) {
    process.stderr.write(`trunkline: ${error instanceof Error ? error.message : String(error)}\n`);
    return 2;
  }
}

async function play(path: string, showsSeen: boolean): Promise<number> {
  const startMs = performance.now();
  const place = await mkdtemp(join(tmpdir(), 'trunkline-corpus-'));
  const data = DataFolder.hold(place);
  say(`Starting a server for ${path} …`);
  const backing = await startBackingServices(data, { isDurable: false });
  const stopBacking = async (): Promise<void> => {
    await backing.stop();
    data.release();
    const { postgresFolder } = data.remembered;
    for (const folder of [place, ...(postgresFolder === undefined ? [] : [postgresFolder])]) await rm(folder, { recursive: true, force: true });
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => void stopBacking().finally(() => process.exit(130)));
  try {
    const { postgres: databaseUrl, redis: redisUrl, nats: natsUrl } = backing.urls;
    const { outcomes, text, exitStatus } = await playFolder(path, { databaseUrl, redisUrl, natsUrl }, progress());
    if (showsSeen) for (const { entry, verdict, rule, seen } of outcomes) say(`${entry.path}\t${verdict}\t${rule ?? seen}`);
    say(`\n${text}\n\n${Math.round((performance.now() - startMs) / 1_000)} s.`);
    return exitStatus;
  } finally {
    await stopBacking();
  }
}

const PROGRESS_MS = 30_000;

/** How far it is: on a terminal always, elsewhere now and then. */
function progress(): (done: number, all: number) => void {
  let saidAt = performance.now();
  return (done, all) => {
    const isShown = process.stderr.isTTY === true;
    if (isShown) process.stderr.write(`\r${done} of ${all} `);
    else if (performance.now() - saidAt >= PROGRESS_MS) {
      process.stderr.write(`${done} of ${all}\n`);
      saidAt = performance.now();
    }
  };
}
