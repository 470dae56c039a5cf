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
  webfinger_bad_url: 'its user name makes no handle',
  too_deep: 'it is nested deeper than anybody nests',
  // What is of no use to people here
  bad_emoji: 'a reaction is exactly one emoji',
  chat_message: 'chats are no posts, and there is no place where people would find them',
  conversation_container: 'containers of a conversation: its posts come by themselves',
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
  json_ld_context: 'contexts are never loaded: names are read as they stand',
  no_trace: 'an attack, of which nothing came',
  not_agreed: 'who is moved, or where to, does not say so',
  gone: 'its own server says that it is gone',
  own_word: 'an attacker may speak in their own name: nothing else came of it',
  test_vectors: 'vectors for tests of signatures, which read them themselves',
  // What concerns nobody here
  not_relevant: 'nobody here follows its author, and it is for nobody here',
  unknown_target: 'it is meant for somebody who is not here',
  unknown_status: 'it is about a post that is not here',
  unknown_follow: 'it answers a follow that nobody here asked for',
};

/** Those that depend on who is here: they count only when the stage was set as it was meant. */
const OF_THE_PLACE = new Set(['not_relevant', 'unknown_target', 'unknown_status', 'unknown_follow', 'object_not_found', 'gone']);
export const isOfThePlace = (code: string): boolean => OF_THE_PLACE.has(code);

export const isRule = (code: string): boolean => code in RULES;

/** `ignored: actor_invalid` → `actor_invalid`; `object_unreachable: bad_type` → the latter where that is a rule of its own. */
export function ruleOf(reason: string): string {
  const plain = reason.replace(/^ignored: /, '');
  const last = plain.split(': ').at(-1) ?? plain;
  return isRule(plain) || !isRule(last) ? plain : last;
}
