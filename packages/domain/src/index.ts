export type * from './model.js';
export type * from './quote-model.js';
export {
  boostVisibility,
  factsOf,
  isNarrower,
  mayBoost,
  NO_TIES,
  sightFor,
  sightOf,
  tiesOf,
  viewerOf,
  type Sight,
  type StatusFacts,
  type Ties,
  type Viewer,
} from './visibility.js';
export {
  feedVerdict,
  mayShowLater,
  publicTimelineVerdict,
  timelineFactsOf,
  type FeedVerdict,
  type LoadedStatus,
  type PublicVerdict,
  type TimelineFacts,
} from './timelines.js';
export { audienceOf, type Audience, type AudienceFacts } from './audience.js';
export { limitOf, pageOf, type Page, type RawPage } from './paging.js';
export {
  BOOST_WINDOW,
  FEED_ENTRIES_MAX,
  feedPage,
  repeatedBoosts,
  type FeedEntry,
} from './feed.js';
export { peopleOf, reachOf, type Reach } from './feed-reach.js';
export { LIST_MEMBERS_MAX, LIST_TITLE_LENGTH_MAX, LISTS_MAX, listVerdict, REPLIES_POLICIES, type List, type RepliesPolicy } from './lists.js';
export { changeOf, type ChangeName } from './changes.js';
export {
  effectivePolicy,
  policyOfChoice,
  QUOTE_CHOICES,
  quotePermission,
  shownQuote,
  type QuotableFacts,
  type QuoteChoice,
  type QuotePermission,
  type ShownQuote,
  type ShownQuoteState,
} from './quotes.js';
export { leaveFor, type AskedLeave, type InteractionKind, type InteractionRules, type Leave, type LeaveState } from './interaction-rules.js';
export { domainVerdict, normaliseHost, type DomainVerdict } from './policy.js';
export {
  BREAKER_FAILURES,
  DELIVERY_ATTEMPTS_MAX,
  HEALTHY_HOST,
  hostGate,
  nextHostState,
  retrySchedule,
  type HostOutcome,
  type HostState,
} from './delivery.js';
export {
  checkEmail,
  EMAIL_CHARS_MAX,
  checkPassword,
  checkUsername,
  isLanguageTag,
  isUsername,
  PASSWORD_BYTES_MAX,
  PASSWORD_CHARS_MIN,
  USERNAME_CHARS_MAX,
  type NameFault,
} from './names.js';
export { parseText, type ParseOptions, type TextToken } from './text/tokens.js';
export { hashtagsIn, HASHTAGS_MAX, mentionsIn, MENTIONS_MAX } from './text/mentions.js';
export { isHashtag, normaliseHashtag } from './text/hashtags.js';
export {
  CHARACTERS_PER_URL,
  countCharacters,
  countGraphemes,
  countStatusCharacters,
  STATUS_CHARACTERS_MAX,
} from './text/count.js';
export {
  cleanText,
  escapeHtml,
  formatField,
  formatNote,
  formatStatus,
  mentionKey,
  tagUrl,
  type FormatContext,
  type MentionTarget,
} from './text/format.js';
