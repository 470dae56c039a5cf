import type { FederationHttp, Signer } from '@trunkline/federation-client';
import { fail, ok, type Result } from '@trunkline/kernel';
import type { RemoteCollections, RemoteDocuments } from '@trunkline/social';

/** Reading from other servers, signed by the instance actor, whose own document needs no signature to be read. */
export class SignedDocuments implements RemoteDocuments, RemoteCollections {
  constructor(
    private readonly http: FederationHttp,
    /** Loaded when first needed: the key is made by whoever needs it first. */
    private readonly signer: () => Promise<Signer>,
  ) {}

  async fetchObject(uri: string, { page = false, fresh = false } = {}): Promise<Result<{ uri: string; json: unknown }, { code: string; status?: number }>> {
    const found = await this.http.fetchObject(uri, { signAs: await this.signer(), page, fresh });
    return found.ok ? ok({ uri: found.value.id, json: found.value.object }) : found;
  }

  async fetchCollection(url: string): Promise<Result<unknown, { code: string }>> {
    const found = await this.http.fetchDocument(url, { signAs: await this.signer() });
    if (!found.ok) return found;
    return URL.parse(found.value.finalUrl)?.host === URL.parse(url)?.host ? ok(found.value.json) : fail({ code: 'id_mismatch' });
  }

  async webfinger(handle: { username: string; domain: string }): Promise<Result<{ subject: string; actorUri: string }, { code: string }>> {
    const found = await this.http.webfinger(`${handle.username}@${handle.domain}`);
    return found.ok ? ok({ subject: found.value.subject, actorUri: found.value.selfUri }) : found;
  }
}
