import type { IgnoreRule } from './types.js';

/** Types that are read. */
export const READ_TYPES = [
  'Accept',
  'Add',
  'Announce',
  'AnnounceRequest',
  'Block',
  'Create',
  'Delete',
  'EmojiReact',
  'Flag',
  'Follow',
  'Like',
  'LikeRequest',
  'Move',
  'QuoteRequest',
  'Reject',
  'Remove',
  'ReplyRequest',
  'Undo',
  'Update',
] as const;

export type ReadType = (typeof READ_TYPES)[number];

/** Types that are let go by what they are. */
export const IGNORED_TYPES: ReadonlyMap<string, IgnoreRule> = new Map<string, IgnoreRule>([
  ['Dislike', 'dislike'],
  ['View', 'view_counter'],
  ['Listen', 'view_counter'],
  ['Read', 'view_counter'],
  ['Invite', 'event_participation'],
  ['Join', 'event_participation'],
  ['Leave', 'event_participation'],
  ['TentativeAccept', 'event_participation'],
  ['TentativeReject', 'event_participation'],
  ['Lock', 'group_moderation'],
  ['Unlock', 'group_moderation'],
  // PieFed marks the comment that answers, and lets members rate a community.
  ['ChooseAnswer', 'group_moderation'],
  ['Rate', 'group_moderation'],
  ['Warn', 'group_moderation'],
  ['Resolve', 'group_moderation'],
  // PeerTube's authors let comments through one by one.
  ['ApproveReply', 'group_moderation'],
  ['RejectReply', 'group_moderation'],
  ['FeatureRequest', 'featured_collection'],
  // The verbs above all verbs: of one that is no more than that nothing can be known.
  ['Activity', 'no_meaning'],
  ['Arrive', 'no_meaning'],
  ['Bite', 'no_meaning'],
  ['Ignore', 'no_meaning'],
  ['IntransitiveActivity', 'no_meaning'],
  ['Offer', 'no_meaning'],
  // ForgeFed: who may do what in a repository, and what was pushed to it
  ['Apply', 'forge'],
  ['Assign', 'forge'],
  ['Edit', 'forge'],
  ['Grant', 'forge'],
  ['Push', 'forge'],
  ['Revoke', 'forge'],
  // honk
  ['Ping', 'no_meaning'],
  ['Pong', 'no_meaning'],
  ['Travel', 'no_meaning'],
]);

/** `litepub:EmojiReact`, `https://ns.example/#Bite` and the name before 2020, `EmojiReaction`, by the name alone. */
export const plainType = (type: string): string => type.replace(/^.*[:#/]/, '').replace(/^EmojiReaction$/, 'EmojiReact');

export const isReadType = (type: string): type is ReadType => READ_TYPES.some((known) => known === type);

/** Whether an object of this type is an activity, read or let go. */
export const isActivityType = (type: string): boolean => isReadType(plainType(type)) || IGNORED_TYPES.has(plainType(type));

/** Objects that people do not read as posts: catalogues, lists, forges, workflows of groups. Their servers send a Note beside them. */
export const NON_POSTS: ReadonlySet<string> = new Set([
  // BookWyrm, NeoDB
  ...['Author', 'Book', 'BookData', 'BookList', 'Edition', 'Game', 'ListItem', 'Mark', 'Movie', 'Performance', 'PerformanceProduction', 'Rating', 'Series', 'SeriesBook', 'Shelf', 'ShelfItem', 'Status'],
  ...['SuggestionList', 'SuggestionListItem', 'TVEpisode', 'TVSeason', 'TVShow', 'Work'],
  // Funkwhale, Castopod, PeerTube
  ...['Artist', 'CacheFile', 'Channel', 'Chapters', 'Favorite', 'Favourite', 'InteractionCounter', 'Library', 'PlayerSettings', 'Playlist', 'PlaylistElement', 'PlaylistTrack', 'Podcast', 'PodcastEpisode'],
  ...['Soundbite', 'Track', 'TrackFavorite', 'WatchAction'],
  // Misskey, Smithereen (FEP-82f6)
  ...['ActorStatus', 'Clip', 'Photo', 'PhotoAlbum'],
  // Mobilizon, PieFed, Lemmy, MoodleNet
  ...['Community', 'CommunityTag', 'Discussion', 'EducationalResource', 'Feed', 'Flair', 'Member', 'Participant', 'Place', 'Resource', 'ResourceCollection', 'Todo', 'TodoList'],
  // Wanderer, FitTrackee, Manyfold, Immers Space
  ...['3DModel', 'Avatar', 'Creator', 'Destination', 'Immer', 'List', 'Model', 'SummitLog', 'Trail', 'Waypoint', 'Workout'],
  // What follows upon an offer (FEP-0837), and the rest of Valueflows
  ...['Agreement', 'Claim', 'Commitment', 'EconomicEvent', 'EconomicResource', 'Intent', 'Process'],
  // Forgejo, Vervis, FederatedCode
  ...['Approval', 'Branch', 'CodeQuote', 'Collab', 'Commit', 'Component', 'Enum', 'Factory', 'Field', 'Milestone', 'Package', 'Patch', 'PatchTracker', 'Project', 'Push', 'Release', 'ReleaseTracker'],
  ...['Repository', 'Role', 'SshKey', 'SuggestedChange', 'Team', 'Ticket', 'TicketDependency', 'TicketTracker', 'Vulnerability', 'Workflow'],
  // Vocabularies of other trades that come along: FEP-d8c8, FEP-4772, schema.org
  ...['BookmarkFolder', 'Dataset', 'DocumentCopy', 'Product', 'Recipe', 'Torrent'],
  // Parts of other objects, on their own; `Story:Reply` and `Story:Reaction` of Pixelfed
  ...['Answer', 'Digest', 'Document', 'Emoji', 'Hashtag', 'IdentityProof', 'Infohash', 'Link', 'Mention', 'Multikey', 'Object', 'Profile', 'PropertyValue', 'Reaction', 'Relationship', 'Reply', 'Tombstone'],
  ...['VerifiableIdentityStatement'],
]);

/** Mastodon's and the MLS working group's, for one device of somebody. */
export const ENCRYPTED: ReadonlySet<string> = new Set(['EncryptedMessage', 'GroupInfo', 'KeyPackage', 'PrivateMessage', 'PublicMessage', 'Welcome']);

/** Mastodon's collections of accounts (FEP-7aa9). */
const FEATURED: ReadonlySet<string> = new Set(['FeaturedCollection', 'FeaturedItem', 'FeatureAuthorization']);

/** Why an object of these types is no post: a rule when it is known to be none or says nothing, else `unknown_type`. */
export function ruleOfObject(types: readonly string[]): IgnoreRule {
  if (types.length === 0) return 'missing_type';
  const names = types.map(plainType);
  if (names.some((name) => ENCRYPTED.has(name))) return 'encrypted';
  if (names.some((name) => FEATURED.has(name))) return 'featured_collection';
  // Accounts, lists and activities that somebody creates are none either.
  const isOther = names.some((name) => NON_POSTS.has(name) || IGNORED_TYPES.has(name) || isReadType(name) || /^(?:Person|Service|Application|Group|Organization|(?:Ordered)?Collection(?:Page)?)$/.test(name));
  return isOther ? 'no_post' : 'unknown_type';
}
