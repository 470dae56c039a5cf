export { Broker, connectBroker, type BrokerSettings } from './broker.js';
export { EventPublisher, type OutgoingEvent, type PublishReport } from './event-publisher.js';
export { LiveBus, type LiveSubscription, type MessageSchema } from './live-bus.js';
export { consumerLag, ensureTopology, type ConsumerLag, type TopologyReport } from './topology.js';
export type { TopologySettings } from './topology-config.js';
export type { BrokerHealth, HandledOutcome, MessagingHooks } from './hooks.js';
export type { DeadLetter, DeadLetterPort, PoisonLetter } from './dead-letters.js';
