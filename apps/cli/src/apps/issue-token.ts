import type { User } from '@trunkline/domain';
import { snowflake, type Snowflake } from '@trunkline/kernel';
import { ALL_SCOPES, parseScopes } from '@trunkline/mastodon-api';
import { sqlState, type AccessTokens, type Application, type Applications } from '@trunkline/persistence';
import { Refusal } from '../terminal.js';

/** The command's own application stands under an id that no clock makes, so that it is made once. */
const APP_ID = snowflake('1');
const UNIQUE_VIOLATION = '23505';

export interface TokenPorts {
  readonly ids: { next(): Snowflake };
  readonly applications: Pick<Applications, 'byId' | 'create'>;
  readonly tokens: Pick<AccessTokens, 'issue'>;
}

/** A token for this person. @throws Refusal for scopes that do not exist */
export async function issueToken(ports: TokenPorts, user: Pick<User, 'id'>, scopeText: string): Promise<string> {
  const scopes = parseScopes(scopeText);
  if (!scopes.ok) throw new Refusal(`"${scopeText.slice(0, 200)}" names a scope that does not exist. There are: ${ALL_SCOPES.join(' ')}`);
  const app = await ownApplication(ports.applications);
  const { token } = await ports.tokens.issue({ id: ports.ids.next(), appId: app.id, userId: user.id, scopes: scopes.value });
  return token;
}

async function ownApplication(applications: TokenPorts['applications']): Promise<Application> {
  const known = await applications.byId(APP_ID);
  if (known !== null) return known;
  const app = { id: APP_ID, name: 'trunkline cli', website: null, redirectUris: ['urn:ietf:wg:oauth:2.0:oob'], scopes: ['read', 'write', 'follow', 'push', 'profile', 'admin:read', 'admin:write'] };
  try {
    return (await applications.create(app)).application;
  } catch (error) {
    // Another command made it in the same moment.
    const made = sqlState(error) === UNIQUE_VIOLATION ? await applications.byId(APP_ID) : null;
    if (made === null) throw error;
    return made;
  }
}
