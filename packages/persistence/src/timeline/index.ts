export { SqlMarkerStore } from './marker-store.js';
export { SqlNotificationStore } from './notification-store.js';
export { SqlPulledAuthors } from './pulled-authors.js';
