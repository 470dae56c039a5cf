import type { User } from '@trunkline/domain';
import type { Clock } from '@trunkline/kernel';

/** How exactly it is kept when somebody was last here. */
const HOUR_MS = 60 * 60 * 1000;

export interface PresencePorts {
  readonly clock: Clock;
  readonly users: { touch(userId: User['id']): Promise<void> };
}

/** Notes that a person reads here: their home feed is kept warm while they do. Asks the database at most hourly. */
export async function notePresence(ports: PresencePorts, user: Pick<User, 'id' | 'lastActiveAt'>): Promise<void> {
  if (user.lastActiveAt !== null && ports.clock.nowMs() - user.lastActiveAt.getTime() < HOUR_MS) return;
  await ports.users.touch(user.id);
}
