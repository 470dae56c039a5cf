import { normaliseHashtag, tagUrl, type Account, type User } from '@trunkline/domain';
import { renderAccount } from './account.js';
import { timestamp, type RenderContext } from './context.js';
import { renderStatus, type StatusView } from './status.js';

/** How far somebody has read. `version` rises with every write, so that clients can tell a conflict. */
export interface Marker {
  readonly timeline: 'home' | 'notifications';
  readonly lastReadId: string;
  readonly version: number;
  readonly updatedAt: Date;
}

/** Only the timelines that have a marker. */
export const renderMarkers = (
  markers: readonly Marker[],
): Record<string, { last_read_id: string; version: number; updated_at: string }> =>
  Object.fromEntries(
    markers.map((marker) => [
      marker.timeline,
      { last_read_id: marker.lastReadId, version: marker.version, updated_at: timestamp(marker.updatedAt) },
    ]),
  );

export const renderPreferences = (user: Pick<User, 'defaultVisibility' | 'defaultSensitive' | 'defaultLanguage' | 'defaultQuotePolicy'>): Record<string, unknown> => ({
  'posting:default:visibility': user.defaultVisibility,
  'posting:default:sensitive': user.defaultSensitive,
  'posting:default:language': user.defaultLanguage,
  'posting:default:quote_policy': user.defaultQuotePolicy,
  'reading:expand:media': 'default',
  'reading:expand:spoilers': false,
  'reading:autoplay:gifs': false,
});

export interface TagHistoryDay {
  /** Midnight UTC, seconds since the epoch. */
  readonly daySeconds: number;
  readonly uses: number;
  readonly accounts: number;
}

/** `following` only for a viewer with a token. */
export function renderTag(
  name: string,
  ctx: RenderContext,
  more: { readonly id?: string; readonly following?: boolean; readonly history?: readonly TagHistoryDay[] } = {},
): Record<string, unknown> {
  const normal = normaliseHashtag(name);
  return {
    id: more.id ?? '0',
    name: normal,
    url: tagUrl(ctx.baseUrl, normal),
    history: (more.history ?? []).map((day) => ({ day: String(day.daySeconds), uses: String(day.uses), accounts: String(day.accounts) })),
    ...(more.following === undefined ? {} : { following: more.following, featuring: false }),
  };
}

export function renderSearch(
  found: { readonly accounts: readonly Account[]; readonly statuses: readonly StatusView[]; readonly hashtags: readonly string[] },
  ctx: RenderContext,
): Record<string, unknown> {
  return {
    accounts: found.accounts.map((account) => renderAccount(account, ctx)),
    statuses: found.statuses.map((view) => renderStatus(view, ctx)),
    hashtags: found.hashtags.map((name) => renderTag(name, ctx)),
    collections: [],
  };
}
