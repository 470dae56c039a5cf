/**
 * Why a document may be let go, in a sentence for people. A reason that is not here is no rule: what ends by it was not
 * understood, until somebody judges it and writes it down.
 */
export const RULES: Readonly<Record<string, string>> = {
  // Whose word it is
  foreign_id: 'its id lies on another host than its actor',
  id_host_mismatch: 'its id lies on another host than its actor',
  foreign_object: 'nobody speaks for what lies on another host',
  foreign_author: 'nobody speaks for what somebody else wrote',
  foreign_actor: 'one actor cannot act for another',
  foreign_activity: 'nobody undoes what somebody else did',
  foreign_profile: 'nobody changes the profile of another',
  actor_mismatch: 'the signature is of somebody else than the actor',
  spoofed: 'it is not where its id says, or its handle leads elsewhere',
  author_host: 'nobody speaks for what lies on another host',
  host_mismatch: 'its author lies on another host than it does',
  local_uri: 'ids of this server never come from outside',
  unproven: 'passed on without a proof, and its own server does not say so',
  object_not_found: 'a boosted post is read from its own server, which does not have it',
  object_spoofed: 'a boosted post is read from its own server, which says otherwise',
  not_visible: 'it is about a post that was not meant for them',
  bad_type: 'it is not served as an activity',
  // What is missing
  missing_id: 'it has no id by http(s), so that it could not be asked for, changed or deleted',
  missing_actor: 'nobody is said to have done it',
  missing_object: 'nothing is said to have been done',
  missing_target: 'it does not say to what',
  missing_type: 'it does not say what it is',
  missing_inbox: 'an actor without an inbox cannot be spoken to',
  missing_username: 'an actor without a user name has no handle',
  missing_link: 'its WebFinger names no ActivityPub actor: a server of the time before',
  missing_context: 'it is no ActivityPub document',
  bad_json: 'it is no JSON',
  no_object: 'it is no JSON object',
  not_an_object: 'it is no JSON object',
  forbidden_keyword: 'it renames what it says, or names what no document may name',
  wrong_type: 'it is not what its type says',
  missing_subject: 'its WebFinger names nobody',
  bad_url: 'its address cannot be read',
  blocked_address: 'it lies at an address that is not public',
  too_large: 'it is longer than a megabyte',
  webfinger_subject: 'its WebFinger names no handle',
  key_address: 'the address of its key has letters that no header can carry',
  webfinger_bad_url: 'its user name makes no handle',
  too_deep: 'it is nested deeper than anybody nests',
  missing_stamp: 'a quote is let stand by a stamp, and it shows none',
  instrument_mismatch: 'what it asks leave for is not what stands at its address',
  // What is of no use to people here
  undone_type: 'it takes back what has no end here: a report, an edit, a move',
  not_a_group: 'only groups pass on what others did',
  forwarded_type: 'only posts, their edits and their ends are passed on',
  not_pinnable: 'only what somebody wrote themselves, for everybody, is pinned',
  not_public: 'only what is for everybody is boosted or passed on',
  bad_emoji: 'a reaction is exactly one emoji',
  conversation_container: 'containers of a conversation: its posts come by themselves',
  encrypted: 'it is written for one device of somebody, which nobody has here',
  dislike: 'dislikes are not shown anywhere',
  event_participation: 'taking part in events and groups elsewhere is not shown',
  forge: 'rights in repositories, and what was pushed to them',
  featured_collection: 'collections of accounts: nobody here agreed to be in one',
  group_moderation: 'moderation of groups of other servers',
  group_vote: 'votes that a group passes on, about posts that are not of here',
  featured_hashtag: 'hashtags that a profile features are not shown',
  other_collection: 'lists of others than the pins of who speaks: moderators, playlists',
  no_post: 'catalogues, lists and parts of other objects, which are no posts',
  no_meaning: 'it says nothing to a reader',
  view_counter: 'counters that nobody can check',
  json_ld_form: 'JSON-LD in another form than the one that is sent: names are read as they stand',
  json_ld_context: 'contexts are never loaded: names are read as they stand',
  no_trace: 'an attack, of which nothing came',
  not_agreed: 'who is moved, or where to, does not say so',
  gone: 'its own server says that it is gone',
  unchanged: 'it says what is known already',
  own_word: 'an attacker may speak in their own name: nothing else came of it',
  test_vectors: 'vectors for tests of signatures, which read them themselves',
  // What concerns nobody here
  not_relevant: 'nobody here follows its author, and it is for nobody here',
  unknown_target: 'it is meant for somebody who is not here',
  unknown_status: 'it is about a post that is not here',
  unknown_follow: 'it answers a follow that nobody here asked for',
  unknown_actor: 'nobody here knows who does it',
  unknown_poll: 'it votes in a poll that is not here',
  unknown_choice: 'it votes for what is not asked',
  unknown_quote: 'it is about a quote that is not here',
  nothing_to_undo: 'what it takes back is not here',
  nothing_to_reject: 'what it refuses is not here',
  nothing_to_revoke: 'what it withdraws is not here',
  nothing_waits: 'nobody here waits for it',
};

/** Those that depend on who is here: they count only when the stage was set as it was meant. */
const OF_THE_PLACE = new Set([
  ...['gone', 'not_pinnable', 'not_public', 'not_relevant', 'not_visible', 'nothing_to_reject', 'nothing_to_revoke', 'nothing_to_undo', 'nothing_waits', 'object_not_found'],
  ...['unknown_actor', 'unknown_choice', 'unknown_follow', 'unknown_poll', 'unknown_quote', 'unknown_status', 'unknown_target'],
]);
export const isOfThePlace = (code: string): boolean => OF_THE_PLACE.has(code);

/** Those that lie in the document alone, however the stage is set. */
const OF_ITSELF = new Set(['author_host', 'bad_url', 'blocked_address', 'too_large', 'webfinger_bad_url']);
export const isOfItself = (code: string): boolean => OF_ITSELF.has(code);

export const isRule = (code: string): boolean => code in RULES;

/** `ignored: actor_invalid` → `actor_invalid`; `object_unreachable: bad_type` → the latter where that is a rule of its own. */
export function ruleOf(reason: string): string {
  const plain = reason.replace(/^ignored: /, '');
  const last = plain.split(': ').at(-1) ?? plain;
  return isRule(plain) || !isRule(last) ? plain : last;
}
