export { renderContextOf } from '@trunkline/social';
