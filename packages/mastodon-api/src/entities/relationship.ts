import type { Relationship } from '@trunkline/domain';
import { timestampOrNull } from './context.js';
import type { RelationshipJson } from './shape.js';

/** How the viewer stands to an account. `showing_reblogs` and `notifying` say nothing without a follow. */
export function renderRelationship(relationship: Relationship): RelationshipJson {
  const tied = relationship.following || relationship.requested;
  return {
    id: relationship.accountId,
    following: relationship.following,
    showing_reblogs: tied && relationship.showBoosts,
    notifying: tied && relationship.notify,
    languages: relationship.languages === null ? null : [...relationship.languages],
    followed_by: relationship.followedBy,
    blocking: relationship.blocking,
    blocked_by: relationship.blockedBy,
    muting: relationship.muting,
    muting_notifications: relationship.mutingNotifications,
    muting_expires_at: timestampOrNull(relationship.mutingExpiresAt),
    requested: relationship.requested,
    requested_by: relationship.requestedBy,
    domain_blocking: relationship.domainBlocking,
    endorsed: false,
    note: relationship.note,
  };
}
