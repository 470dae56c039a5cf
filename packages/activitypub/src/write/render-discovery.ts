import { ACTIVITY_CONTENT_TYPE } from '../content-type.js';
import { escapeHtml } from '../html/escape-html.js';
import type { JsonObject } from '../json.js';
import type { LocalImage, NodeInfoDocument } from './types.js';

/** A WebFinger answer (RFC 7033), to be served as `application/jrd+json`. */
export const renderWebfinger = (account: {
  /** `user@host` with LOCAL_DOMAIN, without `acct:`. */
  readonly handle: string;
  readonly actorUri: string;
  readonly profileUrl: string;
  /** With `{uri}` in it, e.g. `https://a.example/authorize_interaction?uri={uri}`. */
  readonly subscribeTemplate: string;
  readonly avatar?: LocalImage | null;
}): JsonObject => ({
  subject: `acct:${account.handle}`,
  aliases: [...new Set([account.profileUrl, account.actorUri])],
  links: [
    { rel: 'http://webfinger.net/rel/profile-page', type: 'text/html', href: account.profileUrl },
    { rel: 'self', type: ACTIVITY_CONTENT_TYPE, href: account.actorUri },
    { rel: 'http://ostatus.org/schema/1.0/subscribe', template: account.subscribeTemplate },
    ...(account.avatar ? [{ rel: 'http://webfinger.net/rel/avatar', type: account.avatar.mediaType, href: account.avatar.url }] : []),
  ],
});

/** host-meta (RFC 6415) as XRD, to be served as `application/xrd+xml`: only old split-domain servers ask for it. */
export const renderHostMeta = (base: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?>
<XRD xmlns="http://docs.oasis-open.org/ns/xri/xrd-1.0">
  <Link rel="lrdd" template="${escapeHtml(base)}/.well-known/webfinger?resource={uri}"/>
</XRD>
`;

export type NodeInfoVersion = '2.0' | '2.1';

/** `/.well-known/nodeinfo`: both schemas, and the instance actor (FEP-2677). */
export const renderNodeInfoLinks = (base: string, instanceActorUri: string): JsonObject => ({
  links: [
    ...(['2.0', '2.1'] as const).map((version) => ({
      rel: `http://nodeinfo.diaspora.software/ns/schema/${version}`,
      href: `${base}/nodeinfo/${version}`,
    })),
    { rel: 'https://www.w3.org/ns/activitystreams#Application', href: instanceActorUri },
  ],
});

/** NodeInfo. Lemmy polls it daily and takes three days of errors for the server's death. */
export const renderNodeInfo = (version: NodeInfoVersion, info: NodeInfoDocument): JsonObject => ({
  version,
  software: {
    name: 'trunkline',
    version: info.softwareVersion,
    // The schema of 2.0 allows no further members here.
    ...(version === '2.1' && info.repositoryUrl !== null ? { repository: info.repositoryUrl } : {}),
    ...(version === '2.1' && info.homepageUrl !== null ? { homepage: info.homepageUrl } : {}),
  },
  protocols: ['activitypub'],
  services: { inbound: [], outbound: [] },
  openRegistrations: info.openRegistrations,
  usage: {
    users: { total: info.usersTotal, activeMonth: info.usersActiveMonth, activeHalfyear: info.usersActiveHalfyear },
    localPosts: info.localPosts,
  },
  metadata: { nodeName: info.nodeName, nodeDescription: info.nodeDescription },
});
