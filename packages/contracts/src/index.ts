export * from './events.js';
export { defineEvent, SnowflakeSchema, VisibilitySchema, type EventContract, type EventOf, type NewEventOf, type Publisher } from './define-event.js';
export { LIVE, LiveFollowersMessage, LiveHomesMessage, LiveKillMessage, LivePublicMessage, LiveUserMessage } from './live.js';
export { publicationEventId } from './publication-event-id.js';
export { CONSUMERS, consumerName, groupsOf, RETIRED_CONSUMERS, STREAMS, subjectIn, type ConsumerSpec, type ConsumingApp, type EventLane, type StreamSpec } from './streams.js';
