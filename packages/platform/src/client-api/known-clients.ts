import { hash } from 'node:crypto';
import { changeOf } from '@trunkline/domain';
import type { AccessTokens } from '@trunkline/persistence';
import { Kept, type Changes, type SocialReads } from '@trunkline/social';
import type { Client } from './client.js';

export interface ClientPorts {
  readonly tokens: Pick<AccessTokens, 'lookup'>;
  readonly store: Pick<SocialReads, 'accountsByIds'>;
  readonly changes: Changes;
}

const BYTES_MAX = 16 << 20;
/** Shorter than for statuses: even when a revocation is never told, nobody gets in for long. */
const KEPT_MS = 15_000;
/** Whoever is asked for with less left is looked up again. */
const RENEW_MS = 5_000;
const RENEWALS_MAX = 16;

/**
 * Who a bearer token is, from memory until token, person or account change: the log of changes is read at every
 * request, so a revocation holds at once in every copy.
 */
export class KnownClients {
  private readonly kept: Kept<Client>;
  private readonly renewing = new Set<string>();

  constructor(
    private readonly ports: ClientPorts,
    nowMs: () => number,
  ) {
    this.kept = new Kept(BYTES_MAX, ports.changes, nowMs);
  }

  /** What a token is kept under: never the token itself. */
  keyOf(bearer: string): string {
    return hash('sha256', bearer, 'base64');
  }

  /** Who it was when it was last asked for. It may be revoked since. */
  guess(key: string): Client | undefined {
    return this.kept.peek(key);
  }

  /** null: no such token. `told`: what the sync of this request said. */
  async find(key: string, bearer: string, told: boolean): Promise<Client | null> {
    const known = told ? this.kept.get(key) : undefined;
    if (known === undefined) return this.load(key, bearer, told);
    if (this.kept.leftMs(key) < RENEW_MS) this.renew(key, bearer);
    return known;
  }

  /** Behind the back of whoever asks, who is known for some seconds yet. */
  private renew(key: string, bearer: string): void {
    if (this.renewing.has(key) || this.renewing.size >= RENEWALS_MAX) return;
    this.renewing.add(key);
    void this.lookAgain(key, bearer).finally(() => this.renewing.delete(key));
  }

  private async lookAgain(key: string, bearer: string): Promise<void> {
    try {
      if ((await this.load(key, bearer, true)) === null) this.kept.drop(key);
    } catch {
      // Fails again when it has to be known.
    }
  }

  private async load(key: string, bearer: string, told: boolean): Promise<Client | null> {
    const since = this.ports.changes.moment;
    const token = await this.ports.tokens.lookup(bearer);
    if (token === null) return null;
    const { tokenId, user } = token;
    const account = user === null ? null : ((await this.ports.store.accountsByIds([user.accountId]))[0] ?? null);
    const client: Client = { token, user, account };
    const names = [changeOf.token(tokenId), ...(user === null ? [] : [changeOf.user(user.id), changeOf.account(user.accountId)])];
    if (told) this.kept.keep(key, client, { names, since, bytes: JSON.stringify(client).length * 2, forMs: KEPT_MS });
    return client;
  }
}
