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
  ['Warn', 'group_moderation'],
  ['Resolve', 'group_moderation'],
  // PeerTube's authors let comments through one by one.
  ['ApproveReply', 'group_moderation'],
  ['RejectReply', 'group_moderation'],
  ['FeatureRequest', 'featured_collection'],
  ['Arrive', 'no_meaning'],
  ['Bite', 'no_meaning'],
  ['Ignore', 'no_meaning'],
  ['Offer', 'no_meaning'],
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
  ...['Author', 'BookList', 'Edition', 'ListItem', 'Rating', 'Shelf', 'ShelfItem', 'SuggestionList', 'Work'],
  // Funkwhale, Castopod, PeerTube
  ...['Artist', 'CacheFile', 'Library', 'Playlist', 'PlaylistElement', 'Podcast', 'PodcastEpisode', 'Track', 'WatchAction'],
  // Mobilizon, PieFed
  ...['Discussion', 'Feed', 'Member', 'Place', 'Resource', 'ResourceCollection', 'Todo', 'TodoList'],
  // Forgejo, Vervis
  ...['Branch', 'Commit', 'Factory', 'PatchTracker', 'Project', 'Push', 'Repository', 'Team', 'Ticket', 'TicketTracker'],
  // Parts of other objects, on their own; `Story:Reply` and `Story:Reaction` of Pixelfed
  ...['Document', 'Emoji', 'Hashtag', 'Link', 'Mention', 'Multikey', 'Profile', 'PropertyValue', 'Reaction', 'Relationship', 'Reply', 'Tombstone'],
]);

/** Mastodon's collections of accounts (FEP-7aa9). */
const FEATURED: ReadonlySet<string> = new Set(['FeaturedCollection', 'FeaturedItem', 'FeatureAuthorization']);

/** Why an object of these types is no post: a rule when it is known to be none, else `unknown_type`. */
export function ruleOfObject(types: readonly string[]): IgnoreRule {
  const names = types.map(plainType);
  if (names.includes('ChatMessage')) return 'chat_message';
  if (names.some((name) => FEATURED.has(name))) return 'featured_collection';
  return names.some((name) => NON_POSTS.has(name)) ? 'no_post' : 'unknown_type';
}
