import { Inject, Injectable } from '@nestjs/common';
import { ACTIVITY_CONTENT_TYPE, prefersActivity } from '@trunkline/activitypub';
import { headersFromRaw } from '@trunkline/http-signatures';
import type { AccountId } from '@trunkline/kernel';
import { FederationReads } from '@trunkline/persistence';
import { BACKBONE, type Backbone } from '@trunkline/platform';
import { fetchKey, KeyBook, KeyLane } from '@trunkline/social';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { publicKeysOf, type PublicKeys } from '../describe/describe-actor.js';
import type { Document, DocumentPorts, DocumentSource } from './document.js';
import { admitReader, NOBODY, type Reader, type ReaderPorts } from './reader.js';

const KEYS_MAX = 5_000;
/** Who reads with a signature: instance actors for the most part, one a server. */
const SIGNERS_MAX = 2_000;
const PUBLIC_CACHE = 'public, max-age=180';
const PRIVATE_CACHE = 'private, no-store';

/** Serves ActivityPub documents to servers and sends browsers to the pages about the same things. */
@Injectable()
export class DocumentsAdapter {
  private readonly ports: DocumentPorts;
  private readonly readers: ReaderPorts;
  /** Public keys of accounts, in order of use. They never change. */
  private readonly keys = new Map<AccountId, PublicKeys>();

  constructor(@Inject(BACKBONE) private readonly backbone: Backbone) {
    const { db, store, settings, policy, clock, remote, remoteKeys } = backbone;
    this.ports = { store, settings, policy, clock, reads: new FederationReads(db), publicKeys: (id) => this.publicKeys(id) };
    const { host, origin } = new URL(settings.baseUrl);
    const lane = new KeyLane({ fetch: (keyId) => fetchKey(remote, keyId), clock });
    this.readers = {
      policy,
      clock,
      hosts: [host],
      origins: [origin],
      authorizedFetch: settings.authorizedFetch,
      keys: new KeyBook({ rows: remoteKeys, lane, clock }, { keysMax: SIGNERS_MAX }),
    };
  }

  /** @throws AppError 401, 403, 404 or 410 */
  async serve(request: FastifyRequest, reply: FastifyReply, source: DocumentSource): Promise<void> {
    // Caches must not hand a browser's answer to a server, nor a signed reader's to the next one.
    reply.header('Vary', 'Accept, Signature, Signature-Input');
    const isMachine = prefersActivity(request.headers.accept);
    // A page has its own rules about who reads it: the way there is open to all.
    const reader = isMachine ? await this.admit(request) : NOBODY;
    const document = await source(this.ports, reader);
    if (!isMachine && document.isGone !== true) {
      reply.header('Cache-Control', PUBLIC_CACHE);
      await reply.redirect(document.pageUrl, 302);
      return;
    }
    reply.header('Cache-Control', this.cacheOf(document, reader));
    sendActivity(reply, document);
  }

  private admit(request: FastifyRequest): Promise<Reader> {
    return admitReader(this.readers, { path: request.url, headers: headersFromRaw(request.raw.rawHeaders) });
  }

  private cacheOf(document: Document, reader: Reader): string {
    return document.isPrivate === true || reader.isSigned ? PRIVATE_CACHE : PUBLIC_CACHE;
  }

  private async publicKeys(accountId: AccountId): Promise<PublicKeys> {
    const { accountKeys, proofKeys } = this.backbone;
    const keys = this.keys.get(accountId) ?? (await publicKeysOf({ account: accountKeys, proof: proofKeys }, accountId));
    this.keys.delete(accountId);
    this.keys.set(accountId, keys);
    const [oldest] = this.keys.keys();
    if (this.keys.size > KEYS_MAX && oldest !== undefined) this.keys.delete(oldest);
    return keys;
  }
}

export function sendActivity(reply: FastifyReply, { json, isGone }: Pick<Document, 'json' | 'isGone'>): void {
  reply.code(isGone === true ? 410 : 200).type(`${ACTIVITY_CONTENT_TYPE}; charset=utf-8`).send(JSON.stringify(json));
}
