import { createPrivateKey } from 'node:crypto';
import type { Command } from 'commander';
import { actorUris, instanceActorUris, instanceHandle } from '@trunkline/activitypub';
import { domainVerdict } from '@trunkline/domain';
import { FederationHttp, type Signer } from '@trunkline/federation-client';
import { InstanceKeyStore } from '@trunkline/persistence';
import { KeyRing, VERSION, type Settings } from '@trunkline/platform';
import { findPerson } from '../accounts/find-person.js';
import { withOperator, type Operator } from '../operator.js';
import { Refusal, type Terminal } from '../terminal.js';
import { checkAddress, systemResolve } from './check-address.js';
import { checkActor, checkNodeInfo, checkWebfinger } from './check-documents.js';
import { checkPeer, checkPeerClock } from './check-peer.js';
import { checkRoundTrip } from './check-round-trip.js';
import { doubt, type Finding } from './finding.js';

interface DoctorOptions {
  readonly account?: string;
  readonly peer?: string;
  readonly json?: true;
}

const MORE_TRUST = doubt('certificate', 'NODE_EXTRA_CA_CERTS is set: this machine trusts what other servers do not', 'Run the doctor without it as well.');
const MARKS = { fine: 'fine ', doubt: 'DOUBT', fault: 'FAULT' } as const;

export function addDoctorCommand(program: Command, terminal: Terminal): void {
  program
    .command('doctor')
    .description('look at this server as other servers see it, by its public address, and name what is wrong')
    .option('--account <name>', 'also look at somebody of this server')
    .option('--peer <name@host>', 'also find somebody on another server, with our signature, and hold our clock against theirs')
    .option('--json', 'for programs')
    .action((options: DoctorOptions) => withOperator(terminal, (operator) => examine(operator, terminal, options)));
}

/** @throws Refusal when there is a fault, after everything was said */
async function examine(operator: Operator, terminal: Terminal, options: DoctorOptions): Promise<void> {
  const isJson = options.json === true;
  const all: Finding[] = [];
  const tell = (findings: readonly Finding[]): void => {
    all.push(...findings);
    if (!isJson) terminal.out(findings.map(lineOf).join(''));
  };
  if (!isJson) terminal.out(`${operator.settings.localDomain} at ${operator.settings.baseUrl}, as another server sees it:\n`);
  await examinePublic(operator, terminal, tell);
  if (options.account !== undefined) await examineAccount(operator, options.account, tell);
  if (options.peer !== undefined) await examinePeer(operator, options.peer, tell);
  const faults = all.filter(({ verdict }) => verdict === 'fault').length;
  if (isJson) terminal.out(`${JSON.stringify(all, null, 2)}\n`);
  if (faults > 0) throw new Refusal(`${faults} ${faults === 1 ? 'fault keeps' : 'faults keep'} other servers away.`);
  if (!isJson) terminal.out('Other servers can find this one, read it and send to it.\n');
}

type Tell = (findings: readonly Finding[]) => void;

async function examinePublic(operator: Operator, terminal: Terminal, tell: Tell): Promise<void> {
  const { settings, clock } = operator;
  const { webDomain, localDomain, baseUrl } = settings;
  const http = clientOf(settings, () => false);
  try {
    const ports = { guard: http.guard, resolve: systemResolve };
    for (const host of new Set([webDomain, localDomain])) tell([await checkAddress(ports, host)]);
    if (baseUrl.startsWith('https:') && terminal.env['NODE_EXTRA_CA_CERTS']) tell([MORE_TRUST]);
  } finally {
    await http.close();
  }
  const nodeInfo = await checkNodeInfo(settings, () => clock.nowMs());
  tell(nodeInfo);
  // Nobody answers there, or somebody else: the other questions would only repeat it.
  if (nodeInfo.length === 1) return;
  const signer = await signerOf(operator);
  const instance = instanceActorUris(baseUrl).id;
  tell([await checkWebfinger(settings, instanceHandle(localDomain), instance)]);
  tell(await checkActor(settings, instance, signer));
  tell(await checkRoundTrip(baseUrl, signer));
}

async function examineAccount(operator: Operator, name: string, tell: Tell): Promise<void> {
  const { settings } = operator;
  const { account } = await findPerson(operator, name);
  const { id } = actorUris(settings.baseUrl, account.id);
  tell([await checkWebfinger(settings, `${account.username}@${settings.localDomain}`, id)]);
  tell(await checkActor(settings, id, await signerOf(operator)));
}

async function examinePeer(operator: Operator, handle: string, tell: Tell): Promise<void> {
  const { settings, moderation, clock } = operator;
  const policy = { ...(await moderation.snapshot()), limitedFederation: settings.limitedFederation };
  const http = clientOf(settings, (host) => domainVerdict(policy, host).suspended);
  try {
    const found = await checkPeer(http, handle, await signerOf(operator));
    tell([found]);
    // Where nobody was found it may be that no such server is.
    if (found.verdict === 'fine') tell([await checkPeerClock(http.guard, handle, () => clock.nowMs())]);
  } finally {
    await http.close();
  }
}

const clientOf = (settings: Settings, isHostBlocked: (host: string) => boolean): FederationHttp =>
  new FederationHttp({
    httpHosts: settings.federationHttpHosts,
    allowedPrivateAddresses: settings.allowedPrivateAddresses,
    userAgent: `Trunkline/${VERSION} (+${settings.baseUrl}/)`,
    isHostBlocked,
  });

async function signerOf({ db, settings }: Operator): Promise<Signer> {
  const { privateKeyPem } = await new InstanceKeyStore(db, new KeyRing(settings.secretKeys)).getOrCreate();
  return { keyId: instanceActorUris(settings.baseUrl).keyId, privateKey: createPrivateKey(privateKeyPem) };
}

function lineOf({ verdict, what, found, mend }: Finding): string {
  return `  ${MARKS[verdict]}  ${what}: ${found}\n${mend === undefined ? '' : `         ${mend}\n`}`;
}
