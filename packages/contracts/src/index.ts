export * from './events.js';
export { defineEvent, SnowflakeSchema, VisibilitySchema, type EventContract, type EventOf, type Publisher } from './define-event.js';
export { LIVE, LiveFollowersMessage, LiveHomesMessage, LiveKillMessage, LivePublicMessage, LiveUserMessage } from './live.js';
export { CONSUMERS, consumerName, groupsOf, STREAMS, subjectIn, type ConsumerSpec, type ConsumingApp, type EventLane, type StreamSpec } from './streams.js';
