export { presentStatuses } from '@trunkline/social';
