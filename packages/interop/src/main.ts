import { join } from 'node:path';
import { ALL_PEERS } from './peers/all-peers.js';
import { inPrivateWorld } from './world/private-names.js';

const names = ALL_PEERS.map(({ name }) => name).join('|');
const HELP = `npm run interop -- ${names}

Starts a whole server of ours and one of another software beside it, both behind https on names of their own, plays one
scenario between their people and prints what each side saw. Ends with 0 when every step that the software can take was
seen on both sides, with 1 when one was not, with 2 when there was nothing to play with. Never part of the tests.
Needs Linux, root (a mount namespace for the names, port 443 of loopback addresses) and openssl.

  --authorized-fetch   our server shows nothing to who does not sign
  --keep               leaves the folder of the other server, with its log and what it sent`;

const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** @returns the exit status */
export async function main(args: readonly string[]): Promise<number> {
  const [wanted] = args.filter((arg) => !arg.startsWith('-'));
  if (args.includes('--help') || args.includes('-h')) {
    say(HELP);
    return 0;
  }
  const peer = ALL_PEERS.find(({ name }) => name === wanted);
  if (peer === undefined) {
    say(HELP);
    return 2;
  }
  if (peer.find(process.env) === null) {
    say(`SKIPPED: ${peer.name} is not here, so nothing was proved.\nTo install it: ${peer.install}`);
    return 2;
  }
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    say('SKIPPED: this needs Linux and root, for a mount namespace with names of its own. Nothing was proved.');
    return 2;
  }
  return inPrivateWorld(join(import.meta.dirname, 'play.js'), args);
}
