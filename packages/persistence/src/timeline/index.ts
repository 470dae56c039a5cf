export { SqlMarkerStore } from './marker-store.js';
export { SqlNotificationStore } from './notification-store.js';
