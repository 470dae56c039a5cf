export { loadAccountExtras, presentAccounts, type AccountPresenting } from '@trunkline/social';
