import { instanceActorUris, instanceHandle, instanceName, normalizeHost, parseLocalUri, renderWebfinger, type JsonObject } from '@trunkline/activitypub';
import type { Account } from '@trunkline/domain';
import { AppError, notFound } from '@trunkline/kernel';
import type { SocialReads, SocialSettings } from '@trunkline/social';
import { handleOf } from '../describe/describe-actor.js';
import { mediaTypeOf } from '../describe/media-type.js';
import { gone } from './document.js';

export interface WebfingerPorts {
  readonly store: Pick<SocialReads, 'accountsByIds' | 'accountsByHandles'>;
  readonly settings: SocialSettings;
}

const RESOURCE_CHARS_MAX = 2_048;
const badResource = (): AppError => new AppError(400, 'bad_resource', 'The resource parameter names no account');

/**
 * Who is meant by `acct:name@host`, an actor's id or a profile page. Names at LOCAL_DOMAIN and at WEB_DOMAIN mean the same.
 *
 * @throws AppError 400 without a readable resource, 404 for nobody of ours, 410 for who is gone for good: Mastodon then
 * deletes its copy, so nothing that may pass is ever answered like this
 */
export async function findWebfinger(ports: WebfingerPorts, resource: unknown): Promise<JsonObject> {
  if (typeof resource !== 'string' || resource === '' || resource.length > RESOURCE_CHARS_MAX) throw badResource();
  const asked = readResource(ports.settings, resource);
  if (asked === 'instance') return instanceWebfinger(ports.settings);
  const [account] =
    'id' in asked
      ? await ports.store.accountsByIds([asked.id])
      : await ports.store.accountsByHandles([{ username: asked.username, domain: null }]);
  if (account === undefined || account.domain !== null) throw notFound();
  if (account.deletedAt !== null) throw gone();
  if (account.suspendedAt !== null) throw notFound();
  return accountWebfinger(ports.settings, account);
}

type Asked = 'instance' | { readonly id: Account['id'] } | { readonly username: string };

function readResource(settings: SocialSettings, resource: string): Asked {
  if (/^https?:\/\//i.test(resource)) return readUrl(settings, resource);
  const match = /^(?:acct:)?@?([^@\s]+)@([^@\s/]+)$/i.exec(resource);
  const [, username, host] = match ?? [];
  const domain = normalizeHost(host ?? '');
  if (username === undefined || domain === null) throw badResource();
  if (!isOurs(settings, domain)) throw notFound();
  return [settings.localDomain, settings.webDomain].map(instanceName).includes(username.toLowerCase()) ? 'instance' : { username };
}

function readUrl(settings: SocialSettings, resource: string): Asked {
  const url = URL.parse(resource);
  if (url === null) throw badResource();
  const local = parseLocalUri(settings.baseUrl, resource);
  if (local?.kind === 'instance-actor') return 'instance';
  if (local?.kind === 'actor') return { id: local.accountId };
  const [, username, host] = /^\/@([^/@]+)(?:@([^/@]+))?\/?$/.exec(decoded(url.pathname)) ?? [];
  const isProfile = username !== undefined && url.origin === new URL(settings.baseUrl).origin && (host === undefined || isOurs(settings, host.toLowerCase()));
  if (!isProfile) throw notFound();
  return { username };
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw badResource();
  }
}

const isOurs = ({ localDomain, webDomain }: SocialSettings, host: string): boolean => host === localDomain || host === webDomain;

const subscribeTemplateOf = (settings: SocialSettings): string => `${settings.baseUrl}/authorize_interaction?uri={uri}`;

const accountWebfinger = (settings: SocialSettings, account: Account): JsonObject =>
  renderWebfinger({
    handle: handleOf(settings, account),
    actorUri: account.uri,
    profileUrl: account.url,
    subscribeTemplate: subscribeTemplateOf(settings),
    avatar: account.avatarUrl === null ? null : { url: account.avatarUrl, mediaType: mediaTypeOf(account.avatarUrl, 'image/png') },
  });

const instanceWebfinger = (settings: SocialSettings): JsonObject =>
  renderWebfinger({
    handle: instanceHandle(settings.localDomain),
    actorUri: instanceActorUris(settings.baseUrl).id,
    profileUrl: `${settings.baseUrl}/about`,
    subscribeTemplate: subscribeTemplateOf(settings),
  });
