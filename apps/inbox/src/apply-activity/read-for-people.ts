import { hostOf, parseLocalUri, sameHost } from '@trunkline/activitypub';
import { idTimeMs, type AccountId } from '@trunkline/kernel';
import { registrableDomain, type FetchPost } from '@trunkline/social';
import { actorOf } from './actor.js';
import type { ApplyPorts, Incoming } from './ports.js';
import { hasLocalFollowers } from './relevance.js';

/** People whom one activity names and in whose names it may be asked for, at most. */
const NAMED_MAX = 16;

/** What led to an address. */
export type Lead = Pick<Incoming, 'rowId' | 'activity' | 'actor' | 'isFirstHand'>;

/**
 * Posts as they are fetched because of an activity: in the name of this server; what its own author's server refuses to show to that is asked for
 * once more in the name of a person here, whom the activity names or who follows its author (Mastodon's `on_behalf_of`). Nobody has anything asked for
 * elsewhere than on their own host, or by the word of another server. Their keys are not here: see ADR 20.
 */
export function fetchForPeople(ports: ApplyPorts, lead: Lead): FetchPost {
  const { activity, isFirstHand, rowId } = lead;
  return async (uri, options) => {
    const asServer = await ports.remote.fetchObject(uri, options);
    if (asServer.ok || !isFirstHand || !isRefusal(asServer.error) || !sameHost(uri, activity.actorUri)) return asServer;
    const named = namedHere(ports, lead);
    if (named.length === 0 && !(await hasLocalFollowers(ports, lead.actor))) return asServer;
    const author = await actorOf(ports, lead);
    if (!author.ok) return asServer;
    const asked = { uri, authorId: author.value.id, named, domain: registrableDomain(hostOf(uri) ?? '') };
    return ports.people.fetch(asked, new Date(idTimeMs(rowId)));
  };
}

/** 401 and 403, or 404 where nobody shall know that there is something. */
const isRefusal = ({ code, status }: { readonly code: string; readonly status?: number }): boolean => code === 'not_found' || status === 401 || status === 403;

function namedHere({ settings }: ApplyPorts, { activity: { to, cc } }: Lead): AccountId[] {
  const ids = new Set<AccountId>();
  for (const uri of [...to, ...cc]) {
    const local = parseLocalUri(settings.baseUrl, uri);
    if (local?.kind === 'actor' && ids.size < NAMED_MAX) ids.add(local.accountId);
  }
  return [...ids];
}
