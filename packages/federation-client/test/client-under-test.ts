import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { FederationHttp, type FederationHttpSettings, type FederationLimits, type Signer } from '../src/index.js';
import type { ScriptedPeer } from './scripted-peer.js';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
export const testPublicKey: KeyObject = publicKey;
export const testSigner: Signer = { keyId: 'http://here.test/actor#main-key', privateKey };

/** Times in which a test ends; what a test is about it sets itself. */
const LIMITS: Partial<FederationLimits> = { fetchTotalTimeoutMs: 5_000, deliverTotalTimeoutMs: 5_000, closeTimeoutMs: 50 };

/** A client that may talk to these peers over plain http, and to nobody else on loopback. */
export function clientFor(
  peers: readonly ScriptedPeer[],
  limits: Partial<FederationLimits> = {},
  more: Partial<FederationHttpSettings> = {},
): FederationHttp {
  return new FederationHttp({
    httpHosts: peers.map((peer) => peer.host),
    allowedPrivateAddresses: [],
    userAgent: 'Trunkline/test (+http://here.test/)',
    isHostBlocked: () => false,
    limits: { ...LIMITS, ...limits },
    ...more,
  });
}
