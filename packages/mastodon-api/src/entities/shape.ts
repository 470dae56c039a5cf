// The JSON that clients get. Names and types are Mastodon 4.6's; the conformance test holds every renderer against
// the list of attributes in test-data.

export interface CustomEmojiJson {
  shortcode: string;
  url: string;
  static_url: string;
  visible_in_picker: boolean;
  category: string | null;
}

export interface ListJson {
  id: string;
  title: string;
  replies_policy: 'followed' | 'list' | 'none';
  exclusive: boolean;
}

export interface FieldJson {
  name: string;
  value: string;
  verified_at: string | null;
}

export interface ApprovalJson {
  automatic: string[];
  manual: string[];
  current_user: 'automatic' | 'manual' | 'denied' | 'unknown';
}

export interface AccountJson {
  id: string;
  username: string;
  acct: string;
  display_name: string;
  locked: boolean;
  bot: boolean;
  group: boolean;
  discoverable: boolean | null;
  indexable: boolean;
  hide_collections: boolean | null;
  created_at: string;
  note: string;
  url: string;
  uri: string;
  avatar: string;
  avatar_static: string;
  avatar_description: string;
  header: string;
  header_static: string;
  header_description: string;
  followers_count: number;
  following_count: number;
  statuses_count: number;
  last_status_at: string | null;
  show_media: boolean;
  show_media_replies: boolean;
  show_featured: boolean;
  feature_approval: ApprovalJson;
  emojis: CustomEmojiJson[];
  fields: FieldJson[];
  roles: { id: string; name: string; color: string }[];
  noindex?: boolean;
  memorial?: boolean;
  suspended?: boolean;
  limited?: boolean;
  moved?: AccountJson | null;
}

export interface RoleJson {
  id: string;
  name: string;
  color: string;
  permissions: string;
  highlighted: boolean;
  collection_limit: number;
}

export interface CredentialAccountJson extends AccountJson {
  source: {
    privacy: string;
    sensitive: boolean;
    language: string;
    note: string;
    fields: FieldJson[];
    follow_requests_count: number;
    hide_collections: boolean | null;
    discoverable: boolean | null;
    indexable: boolean;
    attribution_domains: string[];
    quote_policy: string;
  };
  role: RoleJson;
}

export interface MediaAttachmentJson {
  id: string;
  type: 'unknown' | 'image' | 'gifv' | 'video' | 'audio';
  url: string | null;
  preview_url: string | null;
  remote_url: string | null;
  preview_remote_url: string | null;
  meta: Record<string, unknown> | null;
  description: string | null;
  blurhash: string | null;
}

export interface PollJson {
  id: string;
  expires_at: string | null;
  expired: boolean;
  multiple: boolean;
  votes_count: number;
  voters_count: number | null;
  options: { title: string; votes_count: number | null }[];
  emojis: CustomEmojiJson[];
  voted?: boolean;
  own_votes?: number[];
}

export interface ReactionJson {
  name: string;
  count: number;
  me?: boolean;
  url?: string;
  static_url?: string;
}

export interface QuoteJson {
  state: string;
  quoted_status: StatusJson | null;
}

/** Of a status that is quoted itself. */
export interface ShallowQuoteJson {
  state: string;
  quoted_status_id: string | null;
}

export interface StatusJson {
  id: string;
  uri: string;
  url: string | null;
  created_at: string;
  edited_at: string | null;
  account: AccountJson;
  content: string;
  text: string | null;
  visibility: string;
  sensitive: boolean;
  spoiler_text: string;
  language: string | null;
  in_reply_to_id: string | null;
  in_reply_to_account_id: string | null;
  media_attachments: MediaAttachmentJson[];
  application?: { name: string; website: string | null };
  mentions: { id: string; username: string; url: string; acct: string }[];
  tags: { name: string; url: string }[];
  emojis: CustomEmojiJson[];
  replies_count: number;
  reblogs_count: number;
  favourites_count: number;
  quotes_count: number;
  reblog: StatusJson | null;
  poll: PollJson | null;
  /** Emoji reactions, where there are any; not of Mastodon's API, see ADR 16. */
  reactions?: ReactionJson[];
  card: null;
  quote: QuoteJson | ShallowQuoteJson | null;
  quote_approval: ApprovalJson;
  tagged_collections: never[];
  favourited?: boolean;
  reblogged?: boolean;
  muted?: boolean;
  bookmarked?: boolean;
  pinned?: boolean;
  filtered?: never[];
}

export interface RelationshipJson {
  id: string;
  following: boolean;
  showing_reblogs: boolean;
  notifying: boolean;
  languages: string[] | null;
  followed_by: boolean;
  blocking: boolean;
  blocked_by: boolean;
  muting: boolean;
  muting_notifications: boolean;
  muting_expires_at: string | null;
  requested: boolean;
  requested_by: boolean;
  domain_blocking: boolean;
  endorsed: boolean;
  note: string;
}

export interface ReportJson {
  id: string;
  action_taken: boolean;
  action_taken_at: string | null;
  category: string;
  comment: string;
  forwarded: boolean;
  created_at: string;
  status_ids: string[] | null;
  collection_ids: string[] | null;
  rule_ids: string[] | null;
  target_account: AccountJson;
}

export interface NotificationJson {
  id: string;
  type: string;
  group_key: string;
  created_at: string;
  account: AccountJson;
  status?: StatusJson;
  report?: ReportJson;
}

export interface RuleJson {
  id: string;
  text: string;
  hint: string;
  translations: Record<string, unknown>;
}

export interface AdminAccountJson {
  id: string;
  username: string;
  domain: string | null;
  created_at: string;
  email: string;
  ip: string | null;
  ips: { ip: string; used_at: string }[];
  locale: string;
  invite_request: string | null;
  role: RoleJson;
  confirmed: boolean;
  approved: boolean;
  disabled: boolean;
  sensitized: boolean;
  silenced: boolean;
  suspended: boolean;
  account: AccountJson;
}
