import type { AccountId, Clock } from '@trunkline/kernel';
import type { SocialPorts } from '@trunkline/social';

/** Hides an account from a person, and its notifications when they want so. Nobody is told. `durationSeconds` 0: until undone. */
export async function muteAccount(
  ports: Pick<SocialPorts, 'store' | 'ids'> & { readonly clock: Clock },
  accountId: AccountId,
  targetId: AccountId,
  how: { readonly notifications: boolean; readonly durationSeconds: number },
): Promise<void> {
  if (accountId === targetId) return;
  const expiresAt = how.durationSeconds === 0 ? null : new Date(ports.clock.nowMs() + how.durationSeconds * 1_000);
  await ports.store.transaction((tx) =>
    tx.insertMute({ id: ports.ids.next(), accountId, targetId, hideNotifications: how.notifications, expiresAt }),
  );
}

export async function unmuteAccount(ports: Pick<SocialPorts, 'store'>, accountId: AccountId, targetId: AccountId): Promise<void> {
  await ports.store.transaction((tx) => tx.deleteMute(accountId, targetId));
}
