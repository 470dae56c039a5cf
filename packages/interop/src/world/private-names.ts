import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ZONE = 'interop.test';
const DAYS_VALID = '2';

/** Names of this world, each with an address of its own, so that all can listen on port 443. */
export const NAMES = {
  ours: { domain: `trunkline.${ZONE}`, address: '127.77.0.1' },
  peer: { domain: `peer.${ZONE}`, address: '127.77.0.2' },
  second: { domain: `second.${ZONE}`, address: '127.77.0.3' },
} as const;

/** What stands in the folder that the world is made of. */
export const worldFiles = (folder: string) => ({
  authority: join(folder, 'authority.pem'),
  certificate: join(folder, 'certificate.pem'),
  key: join(folder, 'key.pem'),
  hosts: join(folder, 'hosts'),
});

/**
 * Runs a file of this package where the names above lead to loopback addresses and their certificates are trusted.
 * Servers refuse plain http, ports in names and private addresses in many ways; here all is as on the open network.
 * The names are seen by this process tree alone: it has its own /etc/hosts, in a mount namespace of its own.
 * @returns its exit status
 */
export async function inPrivateWorld(file: string, args: readonly string[]): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'trunkline-interop-'));
  try {
    await certify(folder);
    const files = worldFiles(folder);
    const lines = ['127.0.0.1 localhost', ...Object.values(NAMES).map(({ domain, address }) => `${address} ${domain}`)];
    await writeFile(files.hosts, `${lines.join('\n')}\n`);
    const script = 'mount --bind "$1" /etc/hosts && shift && exec "$@"';
    const child = spawn('unshare', ['--mount', 'sh', '-c', script, 'sh', files.hosts, process.execPath, file, folder, ...args], {
      stdio: 'inherit',
      env: { ...process.env, NODE_EXTRA_CA_CERTS: files.authority },
    });
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => child.kill(signal));
    return await new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code) => resolve(code ?? 1));
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** An authority that lives as long as the run, and a certificate for all names. */
async function certify(folder: string): Promise<void> {
  const { authority, certificate, key } = worldFiles(folder);
  const authorityKey = join(folder, 'authority-key.pem');
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  await run('openssl', ['req', '-x509', ...newKey, '-keyout', authorityKey, '-out', authority, '-days', DAYS_VALID, '-subj', '/CN=interop authority']);
  await run('openssl', ['req', ...newKey, '-keyout', key, '-out', join(folder, 'request.pem'), '-subj', `/CN=${ZONE}`]);
  const names = Object.values(NAMES).map(({ domain }) => `DNS:${domain}`);
  await writeFile(join(folder, 'names'), `subjectAltName=${names.join(',')}\n`);
  await run('openssl', ['x509', '-req', '-in', join(folder, 'request.pem'), '-CA', authority, '-CAkey', authorityKey, '-CAcreateserial', '-days', DAYS_VALID, '-extfile', join(folder, 'names'), '-out', certificate]);
}
