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
  ['FeatureRequest', 'featured_collection'],
  ['Arrive', 'no_meaning'],
  ['Bite', 'no_meaning'],
  ['Ignore', 'no_meaning'],
  ['Offer', 'no_meaning'],
  ['Travel', 'no_meaning'],
]);

/** `litepub:EmojiReact`, `https://ns.example/#Bite` and the name before 2020, `EmojiReaction`, by the name alone. */
export const plainType = (type: string): string => type.replace(/^.*[:#/]/, '').replace(/^EmojiReaction$/, 'EmojiReact');

export const isReadType = (type: string): type is ReadType => READ_TYPES.some((known) => known === type);

/** Whether an object of this type is an activity, read or let go. */
export const isActivityType = (type: string): boolean => isReadType(plainType(type)) || IGNORED_TYPES.has(plainType(type));

/** Objects that people do not read as posts: catalogues, lists, forges, workflows of groups. Their servers send a Note beside them. */
const NON_POSTS: ReadonlySet<string> = new Set([
  // BookWyrm
  ...['Author', 'BookList', 'Edition', 'ListItem', 'Shelf', 'ShelfItem', 'SuggestionList', 'Work'],
  // Funkwhale, PeerTube
  ...['Artist', 'CacheFile', 'Library', 'Playlist', 'PlaylistElement', 'Track', 'WatchAction'],
  // Mobilizon, Forgejo
  ...['Branch', 'Commit', 'Member', 'Place', 'Push', 'Repository', 'Resource', 'ResourceCollection', 'Ticket', 'Todo', 'TodoList'],
  // Parts of other objects, on their own
  ...['Document', 'Emoji', 'Hashtag', 'Link', 'Mention', 'Profile', 'PropertyValue', 'Relationship', 'Tombstone'],
]);

/** Whether objects of this type are known, and known to be no posts. */
export const isNonPost = (type: string): boolean => NON_POSTS.has(plainType(type));
