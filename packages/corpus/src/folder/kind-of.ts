import { isJson, listOf, typesIn } from './json.js';

/** The door through which a document comes. */
export type Kind = 'activity' | 'actor' | 'object' | 'collection' | 'webfinger' | 'host-meta' | 'nodeinfo' | 'context' | 'unreadable';

const ACTORS = new Set(['Person', 'Service', 'Application', 'Group', 'Organization']);
const COLLECTION = /^(?:Ordered)?Collection(?:Page)?$/;
/** Those that are no verbs of ours stand here since nobody may take them for posts. */
const ACTIVITIES = new Set([
  ...['Accept', 'Activity', 'Add', 'Announce', 'AnnounceRequest', 'ApproveReply', 'Arrive', 'Bite', 'Block', 'ChooseAnswer', 'Create', 'Delete', 'Dislike', 'EmojiReact', 'FeatureRequest', 'Flag'],
  ...['Follow', 'Grant', 'Ignore', 'IntransitiveActivity', 'Invite', 'Join', 'Leave', 'Like', 'LikeRequest', 'Listen', 'Lock', 'Move', 'Offer', 'Ping', 'Pong', 'Push', 'QuoteRequest', 'Rate'],
  ...['Read', 'Reject', 'RejectReply', 'Remove', 'ReplyRequest', 'Resolve', 'Revoke', 'TentativeAccept', 'TentativeReject', 'Travel', 'Undo', 'Unlock', 'Update', 'View', 'Warn'],
]);

/** What a document is, by its shape alone; what it means is for the server to say. */
export function kindOf(json: unknown): Kind {
  if (!isJson(json)) return 'unreadable';
  const types = typesIn(json);
  if (types.length === 0) return untyped(json);
  if (types.some((type) => ACTORS.has(type))) return 'actor';
  if (types.some((type) => ACTIVITIES.has(type))) return 'activity';
  if (types.some((type) => COLLECTION.test(type))) return 'collection';
  // An activity of a kind that nobody knows; posts name their author by `actor` too, and hold no object.
  return json['actor'] !== undefined && json['object'] !== undefined ? 'activity' : 'object';
}

function untyped(json: Readonly<Record<string, unknown>>): Kind {
  if (isJson(json['@context'])) return 'context';
  if (typeof json['subject'] === 'string' || (Array.isArray(json['links']) && Array.isArray(json['aliases']))) return 'webfinger';
  if (isJson(json['software'])) return 'nodeinfo';
  const rels = listOf(json['links']).map((link) => (isJson(link) ? String(link['rel']) : ''));
  if (rels.some((rel) => rel.includes('nodeinfo'))) return 'nodeinfo';
  if (rels.includes('lrdd')) return 'host-meta';
  return 'object';
}
