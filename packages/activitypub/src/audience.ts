import type { Visibility } from '@trunkline/domain';
import { PUBLIC_URI } from './hosts.js';
import type { Audience } from './write/types.js';

/**
 * Visibility as an audience, the way every server reads it: Public in `to` is public, in `cc` unlisted, followers
 * without Public private, mentioned people alone direct. Mentioned people are always addressed.
 */
export function audienceOf(visibility: Visibility, followersUri: string, mentionUris: readonly string[]): Audience {
  const mentioned = [...new Set(mentionUris)];
  if (visibility === 'public') return { to: [PUBLIC_URI], cc: [followersUri, ...mentioned] };
  if (visibility === 'unlisted') return { to: [followersUri], cc: [PUBLIC_URI, ...mentioned] };
  if (visibility === 'private') return { to: [followersUri], cc: mentioned };
  return { to: mentioned, cc: [] };
}
