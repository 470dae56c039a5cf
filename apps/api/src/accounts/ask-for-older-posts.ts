import type { Account } from '@trunkline/domain';
import type { ReadingStore } from '@trunkline/persistence';
import { isDomainSuspended, type PolicyPort } from '@trunkline/social';
import type { RefreshTold } from '../rendering/async-refresh.js';

/** After so long the outbox of somebody whom nobody follows may be read again. */
const COOL_DOWN_MS = 24 * 60 * 60 * 1_000;

export interface OlderPostsPorts {
  readonly policy: PolicyPort;
  readonly readings: Pick<ReadingStore, 'ask' | 'stateOf'>;
}

/** How much of somebody's posts is known here. Of people elsewhere it is never said to be all. */
export interface PostsKnown {
  /** `unread`: what happened to come. `reading`: the outbox is being read now. `read`: its newest posts were, at `readAt`. */
  readonly state: 'unread' | 'reading' | 'read';
  readonly readAt: Date | null;
  readonly refresh: RefreshTold | null;
}

/**
 * Looks how much is known of a remote account's posts, and when somebody signed in looks at them, has the newest ones
 * read from the outbox in the background.
 */
export async function askForOlderPosts({ readings, policy }: OlderPostsPorts, account: Account, isSignedIn: boolean): Promise<PostsKnown> {
  const known = await readings.stateOf('outbox', account.id);
  const told = { id: `outbox-${account.id}`, found: known?.found ?? 0 };
  const readAt = known?.finishedAt ?? null;
  if (known?.state === 'waiting') return { state: 'reading', readAt, refresh: told };
  const mayAsk = isSignedIn && account.outboxUrl !== null && account.suspendedAt === null && !isDomainSuspended(policy.current(), account);
  const asked = mayAsk && (await readings.ask({ kind: 'outbox', subjectId: account.id, coolDownMs: COOL_DOWN_MS }));
  if (asked) return { state: 'reading', readAt, refresh: { ...told, found: 0 } };
  return { state: readAt === null ? 'unread' : 'read', readAt, refresh: null };
}

/** The `Trunkline-Partial` header: that the list is not whole, and how far it goes. */
export const partialHeader = ({ state, readAt }: PostsKnown): string =>
  `posts; state=${state}${readAt === null ? '' : `; read-at="${readAt.toISOString()}"`}`;
