import type { Role } from '@trunkline/domain';
import type { RoleJson } from './shape.js';

// Mastodon's permission bits: https://docs.joinmastodon.org/entities/Role/#permission-flags
const ADMINISTRATOR = 0x1;
const MODERATION = 0x4 | 0x8 | 0x10 | 0x400; // audit log, dashboard, reports, users
const ADMINISTRATION = MODERATION | 0x20 | 0x40 | 0x80 | 0x100 | 0x800; // federation, settings, blocks, taxonomies, invites

const ROLES: Readonly<Record<Role, { id: string; name: string; permissions: number }>> = {
  User: { id: '-99', name: '', permissions: 0 },
  Moderator: { id: '1', name: 'Moderator', permissions: MODERATION },
  Admin: { id: '2', name: 'Admin', permissions: ADMINISTRATION },
  Owner: { id: '3', name: 'Owner', permissions: ADMINISTRATOR },
};

/** A role with Mastodon's permission bits, as clients read it to show or hide moderation. */
export function renderRole(role: Role): RoleJson {
  const { id, name, permissions } = ROLES[role];
  return { id, name, color: '', permissions: String(permissions), highlighted: role !== 'User', collection_limit: 0 };
}
