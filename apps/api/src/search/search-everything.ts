import type { Account } from '@trunkline/domain';
import type { AccountId } from '@trunkline/kernel';
import type { SearchType } from '@trunkline/mastodon-api';
import type { StatusView } from '@trunkline/social';
import { searchAccounts, type SearchPorts } from '../accounts/search-accounts.js';
import { isAddress, searchByAddress } from './search-by-address.js';

export interface EverythingPorts extends SearchPorts {
  readonly tags: (query: { readonly prefix: string; readonly limit: number; readonly offset: number }) => Promise<string[]>;
}

export interface SearchQuery {
  readonly query: string;
  /** null: everything. */
  readonly type: SearchType | null;
  readonly resolve: boolean;
  readonly following: boolean;
  readonly limit: number;
  readonly offset: number;
}

export interface Found {
  readonly accounts: readonly Account[];
  readonly statuses: readonly StatusView[];
  readonly hashtags: readonly string[];
}

/** Handles, names and words are short; longer texts are addresses or nothing that we could find. */
const WORDS_CHARS_MAX = 400;

/** An address finds what stands there; words find accounts and tags. Statuses are not searched by words. */
export async function searchEverything(ports: EverythingPorts, viewerId: AccountId | null, query: SearchQuery): Promise<Found> {
  const wants = (type: SearchType): boolean => query.type === null || query.type === type;
  if (isAddress(query.query)) {
    const { account, status } = await searchByAddress(ports, viewerId, { address: query.query, resolve: query.resolve });
    return {
      accounts: account !== null && wants('accounts') ? [account] : [],
      statuses: status !== null && wants('statuses') ? [status] : [],
      hashtags: [],
    };
  }
  const nothing: Found = { accounts: [], statuses: [], hashtags: [] };
  if (query.query.length > WORDS_CHARS_MAX) return nothing;
  const isTag = query.query.startsWith('#');
  const isHandle = query.query.slice(1).includes('@');
  const [accounts, hashtags] = await Promise.all([
    wants('accounts') && !isTag ? searchAccounts(ports, viewerId, { ...query, text: query.query }) : [],
    wants('hashtags') && !isHandle ? ports.tags({ prefix: query.query.replace(/^#/, ''), limit: query.limit, offset: query.offset }) : [],
  ]);
  return { ...nothing, accounts, hashtags };
}
