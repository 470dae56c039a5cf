/**
 * The attributes of Mastodon 4.6's entities that this server sends, as facts: `Entity < Parent: name type format; …`.
 * `?` after the name: may be missing; `|null`: may be null; `a[b]` stands inside `a`, `a[][b]` inside each of `a`;
 * values divided by `/` are the only ones. Status.reactions alone is not Mastodon's: ADR 16.
 * @see https://docs.joinmastodon.org/entities/ and Mastodon's app/serializers/rest
 */
export const ENTITY_FACTS = `
Account: id String id; username String; acct String; url String|null url; uri String url; display_name String;
  note String html; avatar String url; avatar_static String url; avatar_description String; header String url;
  header_static String url; header_description String; locked Boolean; fields Field[]; emojis CustomEmoji[]; bot Boolean;
  group Boolean; discoverable Boolean|null; indexable Boolean; noindex? Boolean|null; moved? Account|null; memorial? Boolean;
  suspended? Boolean; limited? Boolean; created_at String datetime; last_status_at String|null date; statuses_count Integer;
  followers_count Integer; following_count Integer; hide_collections Boolean|null; show_media Boolean;
  show_media_replies Boolean; show_featured Boolean; roles AccountRole[]|null; feature_approval FeatureApproval;
  email_subscriptions? Boolean; invalid_handle? Boolean
CredentialAccount < Account: source Hash; source[attribution_domains] String[]; source[note] String; source[fields] Field[];
  source[privacy] String public/unlisted/private/direct; source[sensitive] Boolean; source[language] String language;
  source[follow_requests_count] Integer; source[hide_collections] Boolean|null; source[discoverable] Boolean|null;
  source[indexable] Boolean; source[quote_policy] String public/followers/nobody; role Role
MutedAccount < Account: mute_expires_at String|null datetime
PartialAccountWithAvatar: id String id; acct String; url String url; avatar String url; avatar_static String url;
  avatar_description String; locked Boolean; bot Boolean
AccountRole: id String; name String; color String
Field: name String; value String html; verified_at String|null datetime
AccountWarning: id String id;
  action String none/disable/mark_statuses_as_sensitive/delete_statuses/sensitive/silence/suspend; text String;
  status_ids String[]|null id; target_account Account; appeal Appeal|null; created_at String datetime
Admin::Account: id String id; username String; domain String|null; created_at String datetime; email String; ip String|null;
  ips Admin::Ip[]; locale String language; invite_request String|null; role Role; confirmed Boolean; approved Boolean;
  disabled Boolean; sensitized Boolean; silenced Boolean; suspended Boolean; account Account;
  created_by_application_id? String id; invited_by_account_id? String id
Admin::DomainAllow: id String id; domain String; created_at String datetime
Admin::DomainBlock: id String id; domain String; digest String; created_at String datetime;
  severity String silence/suspend/noop; reject_media Boolean; reject_reports Boolean; private_comment String|null;
  public_comment String|null; obfuscate Boolean
Admin::Ip: ip String ip; used_at String datetime
Admin::Report: id String id; action_taken Boolean; action_taken_at String|null datetime;
  category String spam/legal/violation/other; comment String; forwarded Boolean; created_at String datetime;
  updated_at String datetime; account Admin::Account; target_account Admin::Account; assigned_account Admin::Account|null;
  action_taken_by_account Admin::Account|null; statuses Status[]; rules Rule[]
Appeal: text String; state String approved/rejected/pending
Application: id String; name String; website? String|null url; scopes String[]; redirect_uris String[] url;
  redirect_uri String; vapid_key String
CredentialApplication < Application: client_id String; client_secret String; client_secret_expires_at Integer
Collection: id String id; account_id String id; uri String url; url String|null url; name String; description String html;
  language String|null language; local Boolean; sensitive Boolean; discoverable Boolean; tag ShallowTag|null;
  created_at String datetime; updated_at String datetime; item_count Integer; items CollectionItem[]
CollectionItem: id String id; account_id String|null id; state String pending/accepted; created_at String datetime
Context: ancestors Status[]; descendants Status[]
Conversation: id String id; unread Boolean; accounts Account[]; last_status Status|null
CustomEmoji: shortcode String; url String url; static_url String url; visible_in_picker Boolean; category String|null;
  featured? Boolean
DomainBlock: domain String; digest String sha256; severity String silence/suspend; comment? String
Error: error String; error_description? String
ExtendedDescription: updated_at String datetime; content String html
FeatureApproval: automatic String[] public/followers/following/unsupported_policy;
  manual String[] public/followers/following/unsupported_policy; current_user String automatic/manual/denied/unknown/missing
FeaturedTag: id String id; name String; url String url; statuses_count String; last_status_at String|null date
Filter: id String id; title String; context String[] home/notifications/public/thread/account;
  expires_at String|null datetime; filter_action String warn/hide/blur; keywords? FilterKeyword[]; statuses? FilterStatus[]
FilterKeyword: id String id; keyword String; whole_word Boolean
FilterResult: filter Filter; keyword_matches String[]|null; status_matches String[]|null
FilterStatus: id String id; status_id String id
Instance: domain String; title String; version String; source_url String url; description String; wrapstodon String|null;
  usage Hash; usage[users] Hash; usage[users][active_month] Integer; thumbnail Hash; thumbnail[url] String url;
  thumbnail[description] String; thumbnail[blurhash]? String blurhash; thumbnail[versions]? Hash;
  thumbnail[versions][@1x]? String url; thumbnail[versions][@2x]? String url; icon InstanceIcon[];
  languages String[] language; configuration Hash; configuration[urls] Hash; configuration[urls][streaming] String url;
  configuration[urls][status] String|null url; configuration[urls][about] String url;
  configuration[urls][privacy_policy] String|null url; configuration[urls][terms_of_service] String|null url;
  configuration[vapid][public_key] String; configuration[accounts] Hash;
  configuration[accounts][max_display_name_length] Integer; configuration[accounts][max_note_length] Integer;
  configuration[accounts][max_avatar_description_length] Integer;
  configuration[accounts][max_header_description_length] Integer; configuration[accounts][max_featured_tags] Integer;
  configuration[accounts][max_pinned_statuses] Integer; configuration[accounts][max_profile_fields] Integer;
  configuration[accounts][profile_field_name_limit] Integer; configuration[accounts][profile_field_value_limit] Integer;
  configuration[statuses] Hash; configuration[statuses][max_characters] Integer;
  configuration[statuses][max_media_attachments] Integer; configuration[statuses][characters_reserved_per_url] Integer;
  configuration[media_attachments] Hash; configuration[media_attachments][supported_mime_types] String[];
  configuration[media_attachments][description_limit] Integer; configuration[media_attachments][image_size_limit] Integer;
  configuration[media_attachments][image_matrix_limit] Integer; configuration[media_attachments][video_size_limit] Integer;
  configuration[media_attachments][video_frame_rate_limit] Integer;
  configuration[media_attachments][video_matrix_limit] Integer; configuration[polls] Hash;
  configuration[polls][max_options] Integer; configuration[polls][max_characters_per_option] Integer;
  configuration[polls][min_expiration] Integer; configuration[polls][max_expiration] Integer;
  configuration[translation] Hash; configuration[translation][enabled] Boolean; configuration[timelines_access] Hash;
  configuration[timelines_access][live_feeds] Hash;
  configuration[timelines_access][live_feeds][local] String public/authenticated/disabled;
  configuration[timelines_access][live_feeds][remote] String public/authenticated/disabled;
  configuration[timelines_access][hashtag_feeds] Hash;
  configuration[timelines_access][hashtag_feeds][local] String public/authenticated;
  configuration[timelines_access][hashtag_feeds][remote] String public/authenticated/disabled;
  configuration[timelines_access][trending_link_feeds] Hash;
  configuration[timelines_access][trending_link_feeds][local] String public/authenticated;
  configuration[timelines_access][trending_link_feeds][remote] String public/authenticated/disabled;
  configuration[limited_federation] Boolean; registrations Hash; registrations[enabled] Boolean;
  registrations[approval_required] Boolean; registrations[message] String|null html; registrations[min_age] Integer|null;
  registrations[reason_required] Boolean|null; registrations[url] String|null url; api_versions Hash;
  api_versions[mastodon] Integer; contact Hash; contact[email] String email; contact[account] Account|null; rules Rule[]
InstanceIcon: src String; size String
List: id String id; title String; replies_policy String followed/list/none; exclusive Boolean
Marker: last_read_id String id; version Integer; updated_at String datetime
MediaAttachment: id String id; type String unknown/image/gifv/video/audio; url String|null url; preview_url String|null url;
  remote_url String|null url; meta Hash|null; meta[focus]? Hash|null; meta[focus][x] Float|null; meta[focus][y] Float|null;
  description String|null; blurhash String|null blurhash; preview_remote_url String|null url
Notification: id String id;
  type String mention/status/reblog/follow/follow_request/favourite/poll/update/admin.sign_up/admin.report/severed_relationships/moderation_warning/quote/quoted_update/added_to_collection/collection_update;
  group_key String; created_at String datetime; account Account; status? Status; report? Report;
  event? RelationshipSeveranceEvent; moderation_warning? AccountWarning; fallback? NotificationFallback;
  collection? Collection; filtered? Boolean
NotificationFallback: title String html; summary String|null html; details String|null html
Poll: id String id; expires_at String|null datetime; expired Boolean; multiple Boolean; votes_count Integer;
  voters_count Integer|null; options Poll::Option[]; emojis CustomEmoji[]; voted? Boolean; own_votes? Integer[]
Poll::Option: title String; votes_count Integer|null
Preferences: posting:default:visibility String public/unlisted/private/direct; posting:default:sensitive Boolean;
  posting:default:language String|null language; reading:expand:media String default/show_all/hide_all;
  reading:expand:spoilers Boolean; posting:default:quote_policy String public/followers/nobody; reading:autoplay:gifs Boolean
PreviewCard: url String url; title String; description String; type String link/photo/video/rich;
  authors PreviewCardAuthor[]; author_name String; author_url String url; provider_name String; provider_url String url;
  html String html; width Integer; height Integer; image String|null url; embed_url String url; blurhash String|null;
  missing_attribution Boolean|null; published_at String unix-timestamp; language String|null language;
  image_description String
PreviewCardAuthor: name String; url String url; account Account
Quote: state String pending/accepted/rejected/revoked/deleted/unauthorized/blocked_account/blocked_domain/muted_account;
  quoted_status Status|null
QuoteApproval: automatic String[] public/followers/following/unsupported_policy;
  manual String[] public/followers/following/unsupported_policy; current_user String automatic/manual/denied/unknown
Relationship: id String id; following Boolean; showing_reblogs Boolean; notifying Boolean; languages String[]|null language;
  followed_by Boolean; blocking Boolean; blocked_by Boolean; muting Boolean; muting_notifications Boolean;
  muting_expires_at String|null datetime; requested Boolean; requested_by Boolean; domain_blocking Boolean; endorsed Boolean;
  note String
RelationshipSeveranceEvent: id String id; type String domain_block/user_domain_block/account_suspension; purged Boolean;
  target_name String; followers_count Integer; following_count Integer; created_at String datetime
Report: id String id; action_taken Boolean; action_taken_at String|null datetime; category String spam/legal/violation/other;
  comment String; forwarded Boolean; created_at String datetime; status_ids String[]|null id;
  collection_ids String[]|null id; rule_ids String[]|null id; target_account Account
Role: id String; name String; color String; permissions String; highlighted Boolean; collection_limit Integer
Rule: id String id; text String; hint String; translations Hash
Search: accounts Account[]; statuses Status[]; hashtags Tag[]; collections Collection[]
ShallowQuote:
  state String pending/accepted/rejected/revoked/deleted/unauthorized/blocked_account/blocked_domain/muted_account;
  quoted_status_id String|null id
ShallowTag: name String; url String url
Status: id String id; uri String; created_at String datetime; account Account; content String html;
  visibility String public/unlisted/private/direct; sensitive Boolean; spoiler_text String;
  media_attachments MediaAttachment[]; application? Hash; application[name] String; application[website] String|null url;
  mentions Status::Mention[]; tags Status::Tag[]; emojis CustomEmoji[]; reblogs_count Integer; favourites_count Integer;
  quotes_count Integer; replies_count Integer; url String|null url; in_reply_to_id String|null id;
  in_reply_to_account_id String|null id; reblog Status|null; poll Poll|null; card PreviewCard|null;
  language String|null language; text String|null; edited_at String|null datetime; quote Quote|ShallowQuote|null;
  quote_approval QuoteApproval; favourited? Boolean; reblogged? Boolean; muted? Boolean; bookmarked? Boolean;
  pinned? Boolean; filtered? FilterResult[]; tagged_collections Collection[]; reactions? StatusReaction[]
Status::Mention: id String id; username String; url String url; acct String
Status::Tag: name String; url String url
StatusEdit: content String html; spoiler_text String html; sensitive Boolean; created_at String datetime; account Account;
  poll? Hash; poll.options[] Hash[]; poll.options[].title String; media_attachments MediaAttachment[]; emojis CustomEmoji[];
  quote? Quote|ShallowQuote|null
StatusReaction: name String; count Integer; me? Boolean; url? String url; static_url? String url
StatusSource: id String id; text String; spoiler_text String
Tag: id String id; name String; url String url; history Hash[]; history[][day] String unix-timestamp;
  history[][uses] String id; history[][accounts] String id; following? Boolean; featuring? Boolean
Token: access_token String; token_type String; scope String; created_at Number unix-timestamp
V1::Filter: id String id; phrase String; context String[] home/notifications/public/thread/account;
  expires_at String|null datetime; irreversible Boolean; whole_word Boolean
V1::Instance: uri String; title String; short_description String; description String; email String; version String;
  urls Hash; urls[streaming_api] String url; stats Hash; stats[user_count] Integer; stats[status_count] Integer;
  stats[domain_count] Integer; thumbnail String|null url; languages String[] language; registrations Boolean;
  approval_required Boolean; invites_enabled Boolean; configuration Hash; configuration[accounts] Hash;
  configuration[accounts][max_featured_tags] Integer; configuration[statuses] Hash;
  configuration[statuses][max_characters] Integer; configuration[statuses][max_media_attachments] Integer;
  configuration[statuses][characters_reserved_per_url] Integer; configuration[media_attachments] Hash;
  configuration[media_attachments][supported_mime_types] String[];
  configuration[media_attachments][image_size_limit] Integer; configuration[media_attachments][image_matrix_limit] Integer;
  configuration[media_attachments][video_size_limit] Integer;
  configuration[media_attachments][video_frame_rate_limit] Integer;
  configuration[media_attachments][video_matrix_limit] Integer; configuration[polls] Hash;
  configuration[polls][max_options] Integer; configuration[polls][max_characters_per_option] Integer;
  configuration[polls][min_expiration] Integer; configuration[polls][max_expiration] Integer; contact_account Account|null;
  rules Rule[]
GroupedNotificationsResults: accounts Account[]; partial_accounts? PartialAccountWithAvatar[]; statuses Status[];
  notification_groups NotificationGroup[]
NotificationGroup: group_key String; notifications_count Integer;
  type String mention/status/reblog/follow/follow_request/favourite/poll/update/admin.sign_up/admin.report/severed_relationships/moderation_warning/quote/quoted_update;
  most_recent_notification_id String; page_min_id? String; page_max_id? String; latest_page_notification_at? String datetime;
  sample_account_ids String[]; status_id? String; report? Report; event? RelationshipSeveranceEvent;
  moderation_warning? AccountWarning; fallback? NotificationFallback; annual_report? AnnualReportEvent; collection? Collection
`;
