import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ChildServer } from '../world/child-server.js';
import type { Peer, Place, RunningPeer } from './peer.js';

const run = promisify(execFile);

/** ActivityRelay, the relay of Pleroma's people, which Mastodon's subscribe to as well. */
export const activityRelay: Peer = {
  name: 'activityrelay',
  install: '`python3 -m venv FOLDER && FOLDER/bin/pip install activityrelay==0.3.5`, and ACTIVITYRELAY_FOLDER=FOLDER.',
  find(env) {
    const folder = env['ACTIVITYRELAY_FOLDER'];
    return folder !== undefined && existsSync(join(folder, 'bin', 'activityrelay')) ? folder : null;
  },
  start,
};

async function start(found: string, place: Place): Promise<RunningPeer> {
  const command = join(found, 'bin', 'activityrelay');
  const config = join(place.folder, 'relay.yaml');
  await writeFile(config, `domain: ${place.domain}\nlisten: 127.0.0.1\nport: ${place.port}\nworkers: 1\ndatabase_type: sqlite\nsqlite_path: relay.sqlite3\ncache_type: database\n`);
  const env = { SSL_CERT_FILE: place.authority, LOG_LEVEL: 'debug' };
  // It asks at the end whether it should run now.
  await run('sh', ['-c', 'echo n | "$1" -c "$2" setup --skip-questions', 'sh', command, config], { cwd: place.folder, env: { ...process.env, ...env } });
  const child = await ChildServer.start({ command, args: ['-c', config, 'run'], folder: place.folder, env, readyUrl: `http://127.0.0.1:${place.port}/actor` });
  const { stdout } = await run(command, ['--version']);
  const uri = `https://${place.domain}/actor`;
  return { version: stdout.trim().replace(/^activityrelay,? version/i, 'ActivityRelay'), handle: `relay@${place.domain}`, uri, acts: {}, looks: {}, scenario: 'relaying', stop: () => child.stop() };
}
