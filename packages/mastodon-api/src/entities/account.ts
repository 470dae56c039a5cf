import { formatField, formatNote, type Account, type CustomEmoji, type FormatContext, type MentionTarget, type Role, type User } from '@trunkline/domain';
import { acctOf, dayOf, midnightOf, timestampOrNull, webUrl, type RenderContext } from './context.js';
import { renderRole } from './role.js';
import type { AccountJson, ApprovalJson, CredentialAccountJson, CustomEmojiJson, FieldJson } from './shape.js';

/** What a caller may know beyond the account's row. */
export interface AccountExtras {
  /** Role of a local account, shown as a badge for staff. */
  readonly role?: Role;
  /** Where the account moved to, when that account is loaded. */
  readonly movedTo?: Account | null;
  /** People mentioned in a local bio, by `mentionKey`; others stay text. */
  readonly mentions?: ReadonlyMap<string, MentionTarget>;
  /** Its whole server is silenced (domain rules); accounts that are silenced themselves say so. */
  readonly limited?: boolean;
  /** Its whole server is suspended. */
  readonly suspended?: boolean;
}

const NO_MENTIONS: ReadonlyMap<string, MentionTarget> = new Map();

export function renderEmoji(emoji: CustomEmoji): CustomEmojiJson {
  return { shortcode: emoji.shortcode, url: emoji.url, static_url: emoji.staticUrl, visible_in_picker: true, category: null };
}

/** No collections yet: nobody is approved for any. */
const deniedApproval = (): ApprovalJson => ({ automatic: [], manual: [], current_user: 'denied' });

/**
 * An account for anybody. A suspended one keeps its handle and loses what its owner wrote.
 * @see https://docs.joinmastodon.org/entities/Account/
 */
export function renderAccount(account: Account, ctx: RenderContext, extras: AccountExtras = {}): AccountJson {
  const suspended = extras.suspended === true || account.suspendedAt !== null || account.deletedAt !== null;
  const limited = !suspended && (extras.limited === true || account.silencedAt !== null);
  const avatar = (suspended ? null : webUrl(account.avatarUrl)) ?? `${ctx.baseUrl}/avatars/original/missing.png`;
  const header = (suspended ? null : webUrl(account.headerUrl)) ?? `${ctx.baseUrl}/headers/original/missing.png`;
  const staff = account.domain === null && extras.role !== undefined && extras.role !== 'User' && !suspended;
  return {
    id: account.id,
    username: account.username,
    acct: acctOf(account),
    display_name: suspended ? '' : account.displayName,
    locked: suspended ? false : account.locked,
    bot: account.actorType === 'Service' || account.actorType === 'Application',
    group: account.actorType === 'Group',
    discoverable: suspended ? false : account.discoverable,
    indexable: suspended ? false : account.indexable,
    hide_collections: account.hideCollections,
    created_at: midnightOf(account.createdAt),
    note: suspended ? '' : noteOf(account, ctx, extras),
    url: webUrl(account.url) ?? account.uri,
    uri: account.uri,
    avatar,
    avatar_static: avatar,
    avatar_description: '',
    header,
    header_static: header,
    header_description: '',
    followers_count: account.followersCount,
    following_count: account.followingCount,
    statuses_count: account.statusesCount,
    last_status_at: account.lastStatusAt === null ? null : dayOf(account.lastStatusAt),
    show_media: true,
    show_media_replies: true,
    show_featured: true,
    feature_approval: deniedApproval(),
    emojis: suspended ? [] : account.emojis.map(renderEmoji),
    fields: suspended ? [] : renderFields(account, ctx, extras),
    roles: staff && extras.role !== undefined ? [badgeOf(extras.role)] : [],
    ...(account.domain === null ? { noindex: !account.indexable } : {}),
    ...(account.memorial ? { memorial: true } : {}),
    ...(suspended ? { suspended: true } : {}),
    ...(limited ? { limited: true } : {}),
    ...(extras.movedTo ? { moved: renderAccount(extras.movedTo, ctx) } : {}),
  };
}

function badgeOf(role: Role): { id: string; name: string; color: string } {
  const { id, name, color } = renderRole(role);
  return { id, name, color };
}

const formatContext = (ctx: RenderContext, extras: AccountExtras): FormatContext => ({
  baseUrl: ctx.baseUrl,
  mentions: extras.mentions ?? NO_MENTIONS,
  portHosts: ctx.portHosts,
});

const noteOf = (account: Account, ctx: RenderContext, extras: AccountExtras): string =>
  account.domain === null ? formatNote(account.note, formatContext(ctx, extras)) : account.note;

function renderFields(account: Account, ctx: RenderContext, extras: AccountExtras): FieldJson[] {
  return account.fields.map((field) => ({
    name: field.name,
    value: account.domain === null ? formatField(field.value, formatContext(ctx, extras)) : field.value,
    verified_at: timestampOrNull(field.verifiedAt),
  }));
}

/** What only the owner of the account sees: the texts as typed, the defaults of new posts, the role. */
export function renderCredentialAccount(
  account: Account,
  user: Pick<User, 'role' | 'locale' | 'defaultVisibility' | 'defaultSensitive' | 'defaultLanguage' | 'defaultQuotePolicy'>,
  ctx: RenderContext,
  more: AccountExtras & { readonly followRequestsCount?: number } = {},
): CredentialAccountJson {
  return {
    ...renderAccount(account, ctx, { ...more, role: user.role }),
    source: {
      privacy: user.defaultVisibility,
      sensitive: user.defaultSensitive,
      language: user.defaultLanguage ?? user.locale,
      note: account.note,
      fields: account.fields.map((field) => ({ name: field.name, value: field.value, verified_at: timestampOrNull(field.verifiedAt) })),
      follow_requests_count: more.followRequestsCount ?? 0,
      hide_collections: account.hideCollections,
      discoverable: account.discoverable,
      indexable: account.indexable,
      attribution_domains: [],
      quote_policy: user.defaultQuotePolicy,
    },
    role: renderRole(user.role),
  };
}
