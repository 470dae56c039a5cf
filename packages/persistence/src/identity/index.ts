export { AccessTokens, type NewGrant, type RedeemedGrant, type TokenIdentity } from './access-tokens.js';
export { Applications, type Application } from './applications.js';
export type { TokenUser } from './user-rows.js';
export { Users, type NewUser, type NewUserFailure, type UserFilter } from './users.js';
export { WebSessions } from './web-sessions.js';
