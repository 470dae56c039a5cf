export { isPassing } from '@trunkline/social';
