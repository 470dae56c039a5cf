import type { Account, Role } from '@trunkline/domain';
import type { Backbone } from '@trunkline/platform';
import { newLocalAccount } from '@trunkline/social';
import { ApiClient } from './api-client.js';

/** Somebody who is signed in on a test server. */
export interface TestPerson {
  readonly account: Account;
  readonly token: string;
  /** `name@host:port`, as others address them. */
  readonly handle: string;
  readonly email: string;
  readonly password: string;
  readonly api: ApiClient;
}

const SCOPES = ['read', 'write', 'follow', 'push', 'admin:read', 'admin:write'];

export async function registerPerson(
  server: { readonly backbone: Backbone; readonly domain: string; readonly url: string },
  name: string,
  options: { readonly role?: Role; readonly locked?: boolean; readonly scopes?: readonly string[] } = {},
): Promise<TestPerson> {
  const { ids, users, applications, tokens, store, settings, clock } = server.backbone;
  const id = ids.next();
  const [email, password] = [`${name}@mail.example`, `correct horse ${name}`];
  const made = await users.create({
    id: ids.next(),
    account: {
      ...newLocalAccount({ id, username: name, baseUrl: settings.baseUrl, now: new Date(clock.nowMs()) }),
      locked: options.locked ?? false,
      discoverable: true,
    },
    email,
    password,
    role: options.role ?? 'User',
    locale: 'en',
    confirmed: true,
    approved: true,
    reason: null,
    appId: null,
    ip: null,
  });
  if (!made.ok) throw new Error(made.error.code);
  const scopes = options.scopes ?? SCOPES;
  const { application } = await applications.create({ id: ids.next(), name: 'Test', website: null, redirectUris: ['urn:ietf:wg:oauth:2.0:oob'], scopes });
  const { token } = await tokens.issue({ id: ids.next(), appId: application.id, userId: made.value.user.id, scopes });
  const [account] = await store.accountsByIds([id]);
  if (account === undefined) throw new Error('the account just made is gone');
  return { account, token, handle: `${name}@${server.domain}`, email, password, api: new ApiClient(server.url, token) };
}
