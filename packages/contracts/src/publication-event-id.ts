import { snowflake, type StatusId } from '@trunkline/kernel';

/**
 * The id of the `StatusPublishedV1` of a status of this server, which is published once: a UUID of version 7 that can be told
 * from the status's own id. So whoever handles an edit can ask whether the publication is done. Events of servers older than
 * this, and of statuses from elsewhere, have random ids.
 */
export function publicationEventId(statusId: StatusId): string {
  // 48 bits of milliseconds, as in every such UUID, and 16 that tell apart what was made in one.
  const digits = BigInt(snowflake(statusId)).toString(16).padStart(16, '0');
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-7000-8000-00000001${digits.slice(12)}`;
}
