import { hash } from 'node:crypto';
import { versionOf, type VersionName } from '@trunkline/domain';
import type { AccessTokens, TokenIdentity } from '@trunkline/persistence';
import { Kept, VersionSheet, type SocialReads, type Versions } from '@trunkline/social';
import type { Client } from './client.js';

export interface ClientPorts {
  readonly tokens: Pick<AccessTokens, 'lookup'>;
  readonly store: Pick<SocialReads, 'accountsByIds'>;
  readonly versions: Versions;
}

const BYTES_MAX = 16 << 20;
/** Shorter than for statuses: even when a revocation's token is lost, nobody gets in for long. */
const KEPT_MS = 15_000;

/**
 * Who a bearer token is, from memory while token, person and account stand as they were loaded: their versions are
 * asked for at every request, so a revocation holds at once in every copy.
 */
export class KnownClients {
  private readonly kept: Kept<Client>;

  constructor(
    private readonly ports: ClientPorts,
    nowMs: () => number,
  ) {
    this.kept = new Kept(BYTES_MAX, nowMs);
  }

  /** null: no such token. */
  async find(bearer: string): Promise<Client | null> {
    const key = hash('sha256', bearer, 'base64');
    const sheet = new VersionSheet(this.ports.versions);
    const names = this.kept.namesOf(key);
    await sheet.ask(names);
    const known = names.length === 0 ? undefined : this.kept.get(key, sheet);
    if (known !== undefined) return known;
    const seen = names.length > 0 ? names : await this.namesFor(bearer);
    if (seen === null) return null;
    await sheet.ask(seen);
    return this.load(bearer, key, sheet);
  }

  /** What the token is made of has to be known before its versions can be asked for, and it can be loaded to be kept. */
  private async namesFor(bearer: string): Promise<VersionName[] | null> {
    const token = await this.ports.tokens.lookup(bearer);
    return token === null ? null : namesOf(token);
  }

  private async load(bearer: string, key: string, sheet: VersionSheet): Promise<Client | null> {
    const token = await this.ports.tokens.lookup(bearer);
    if (token === null) return null;
    const account = token.user === null ? null : ((await this.ports.store.accountsByIds([token.user.accountId]))[0] ?? null);
    const client: Client = { token, user: token.user, account };
    this.kept.keep(key, client, { sheet, names: namesOf(token), bytes: JSON.stringify(client).length * 2, forMs: KEPT_MS });
    return client;
  }
}

const namesOf = ({ tokenId, user }: TokenIdentity): VersionName[] => [
  versionOf.token(tokenId),
  ...(user === null ? [] : [versionOf.user(user.id), versionOf.account(user.accountId)]),
];
