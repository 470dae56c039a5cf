import { CHARACTERS_PER_URL, STATUS_CHARACTERS_MAX, type Account, type PolicySnapshot, type ServerRule } from '@trunkline/domain';
import { renderAccount } from './account.js';
import { timestamp, type RenderContext } from './context.js';
import type { RuleJson } from './shape.js';

/** What the server says of itself. Counts come from the caller's cache. */
export interface InstanceFacts {
  readonly title: string;
  /** Trunkline's own version. */
  readonly version: string;
  readonly sourceUrl: string;
  /** Plain text. */
  readonly description: string;
  readonly contactEmail: string;
  readonly contactAccount: Account | null;
  readonly languages: readonly string[];
  readonly thumbnailUrl: string;
  /** `wss://…`, no path. */
  readonly streamingUrl: string;
  readonly vapidPublicKey: string;
  readonly activeMonth: number;
  readonly userCount: number;
  readonly statusCount: number;
  readonly domainCount: number;
}

type Registrations = Pick<PolicySnapshot, 'registrations' | 'approvalReasonRequired' | 'serverRules' | 'limitedFederation'>;

/** The Mastodon release whose API this is, for clients that decide by version. */
export const MASTODON_VERSION = '4.6.5';
/** Mastodon 4.6's own counter of API changes. */
export const MASTODON_API_VERSION = 10;

/** Limits that are announced here and enforced by the schemas in params. */
export const LIMITS = Object.freeze({
  statusCharacters: STATUS_CHARACTERS_MAX,
  mediaAttachments: 4,
  pollOptions: 4,
  pollOptionCharacters: 50,
  /** 5 minutes to a month. */
  pollSecondsMin: 300,
  pollSecondsMax: 2_629_746,
  displayNameCharacters: 30,
  noteCharacters: 500,
  profileFields: 4,
  fieldCharacters: 255,
  pinnedStatuses: 5,
  featuredTags: 10,
  mediaDescriptionCharacters: 10_000,
  imageBytes: 16_777_216,
  videoBytes: 103_809_024,
  imagePixels: 33_177_600,
  videoPixels: 8_294_400,
  videoFramesPerSecond: 120,
  mimeTypes: Object.freeze([
    'image/jpeg', 'image/png', 'image/gif', 'image/webp', 'image/avif', 'video/webm', 'video/mp4', 'video/quicktime',
    'audio/mpeg', 'audio/ogg', 'audio/wav', 'audio/flac', 'audio/aac', 'audio/mp4',
  ]),
});

/** The version string both generations of clients parse: Mastodon's number first, ours after it. */
const compatibleVersion = (own: string): string => `${MASTODON_VERSION} (compatible; Trunkline ${own})`;

export const renderRule = (rule: ServerRule): RuleJson => ({ id: rule.id, text: rule.text, hint: rule.hint, translations: {} });

const statusLimits = {
  max_characters: LIMITS.statusCharacters,
  max_media_attachments: LIMITS.mediaAttachments,
  characters_reserved_per_url: CHARACTERS_PER_URL,
};
const mediaLimits = {
  supported_mime_types: LIMITS.mimeTypes,
  image_size_limit: LIMITS.imageBytes,
  image_matrix_limit: LIMITS.imagePixels,
  video_size_limit: LIMITS.videoBytes,
  video_frame_rate_limit: LIMITS.videoFramesPerSecond,
  video_matrix_limit: LIMITS.videoPixels,
};
const pollLimits = {
  max_options: LIMITS.pollOptions,
  max_characters_per_option: LIMITS.pollOptionCharacters,
  min_expiration: LIMITS.pollSecondsMin,
  max_expiration: LIMITS.pollSecondsMax,
};

/** @see https://docs.joinmastodon.org/entities/Instance/ */
export function renderInstanceV2(facts: InstanceFacts, policy: Registrations, ctx: RenderContext): Record<string, unknown> {
  const open = policy.registrations !== 'none';
  const liveAccess = { local: 'public', remote: 'public' };
  return {
    domain: ctx.localDomain,
    title: facts.title,
    version: compatibleVersion(facts.version),
    source_url: facts.sourceUrl,
    description: facts.description,
    wrapstodon: null,
    usage: { users: { active_month: facts.activeMonth } },
    thumbnail: { url: facts.thumbnailUrl, description: '' },
    icon: [],
    languages: [...facts.languages],
    configuration: {
      urls: {
        streaming: facts.streamingUrl,
        status: null,
        about: `${ctx.baseUrl}/about`,
        privacy_policy: null,
        terms_of_service: null,
      },
      vapid: { public_key: facts.vapidPublicKey },
      accounts: {
        max_display_name_length: LIMITS.displayNameCharacters,
        max_note_length: LIMITS.noteCharacters,
        max_avatar_description_length: LIMITS.mediaDescriptionCharacters,
        max_header_description_length: LIMITS.mediaDescriptionCharacters,
        max_featured_tags: LIMITS.featuredTags,
        max_pinned_statuses: LIMITS.pinnedStatuses,
        max_profile_fields: LIMITS.profileFields,
        profile_field_name_limit: LIMITS.fieldCharacters,
        profile_field_value_limit: LIMITS.fieldCharacters,
      },
      statuses: statusLimits,
      media_attachments: { ...mediaLimits, description_limit: LIMITS.mediaDescriptionCharacters },
      polls: pollLimits,
      translation: { enabled: false },
      timelines_access: { live_feeds: liveAccess, hashtag_feeds: liveAccess, trending_link_feeds: liveAccess },
      limited_federation: policy.limitedFederation,
    },
    registrations: {
      enabled: open,
      approval_required: policy.registrations === 'approved',
      reason_required: policy.registrations === 'approved' ? policy.approvalReasonRequired : null,
      message: null,
      min_age: null,
      url: null,
    },
    api_versions: { mastodon: MASTODON_API_VERSION },
    contact: {
      email: facts.contactEmail,
      account: facts.contactAccount === null ? null : renderAccount(facts.contactAccount, ctx),
    },
    rules: policy.serverRules.map(renderRule),
  };
}

/** @see https://docs.joinmastodon.org/entities/V1_Instance/ */
export function renderInstanceV1(facts: InstanceFacts, policy: Registrations, ctx: RenderContext): Record<string, unknown> {
  return {
    uri: ctx.localDomain,
    title: facts.title,
    short_description: facts.description,
    description: facts.description,
    email: facts.contactEmail,
    version: compatibleVersion(facts.version),
    urls: { streaming_api: facts.streamingUrl },
    stats: { user_count: facts.userCount, status_count: facts.statusCount, domain_count: facts.domainCount },
    thumbnail: facts.thumbnailUrl,
    languages: [...facts.languages],
    registrations: policy.registrations !== 'none',
    approval_required: policy.registrations === 'approved',
    invites_enabled: false,
    configuration: {
      accounts: { max_featured_tags: LIMITS.featuredTags },
      statuses: statusLimits,
      media_attachments: mediaLimits,
      polls: pollLimits,
    },
    contact_account: facts.contactAccount === null ? null : renderAccount(facts.contactAccount, ctx),
    rules: policy.serverRules.map(renderRule),
  };
}

/** `html`: the operator's long text, sanitised. */
export const renderExtendedDescription = (html: string, updatedAt: Date): { updated_at: string; content: string } => ({
  updated_at: timestamp(updatedAt),
  content: html,
});
