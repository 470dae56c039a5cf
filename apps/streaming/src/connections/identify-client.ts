import { tokenInvalid, tokenMissing } from '@trunkline/mastodon-api';
import type { TokenIdentity } from '@trunkline/persistence';
import type { Client } from '@trunkline/platform';
import type { SocialReads } from '@trunkline/social';

interface IdentifyPorts {
  readonly tokens: { lookup(token: string): Promise<TokenIdentity | null> };
  readonly store: Pick<SocialReads, 'accountsByIds'>;
}

/** Who holds the token. @throws AppError 401: there is none, or it opens nothing (any more) */
export async function identifyClient({ tokens, store }: IdentifyPorts, bearer: string | null): Promise<Client> {
  if (bearer === null) throw tokenMissing();
  const token = await tokens.lookup(bearer);
  if (token === null) throw tokenInvalid();
  const account = token.user === null ? null : ((await store.accountsByIds([token.user.accountId]))[0] ?? null);
  return { token, user: token.user, account };
}
