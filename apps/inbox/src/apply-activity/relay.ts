import { instanceActorUris, isPublicUri, parseLocalUri, sameHost, type CarriedActivity } from '@trunkline/activitypub';
import { RelayChangedV1 } from '@trunkline/contracts';
import { resolveStatus, type Relay } from '@trunkline/social';
import type { ApplyPorts, Incoming } from './ports.js';
import { APPLIED, ignored, unresolved, type Verdict } from './verdict.js';

/**
 * What a relay passes on: a post that is read from its author's server and shown to nobody by itself, since a relay's
 * announcement is no boost.
 */
export async function applyRelayed(ports: ApplyPorts, { facts }: Incoming<'boost'>): Promise<Verdict> {
  if (parseLocalUri(ports.settings.baseUrl, facts.uri) !== null) return ignored('local_uri');
  const found = await resolveStatus(ports, facts.uri);
  return found.ok ? APPLIED : unresolved('object', found.error);
}

/** Our Follow of a relay that an Accept or Reject answers; null: it answers something else. */
export async function answeredRelay(ports: ApplyPorts, follow: CarriedActivity, answererUri: string): Promise<Relay | null> {
  const local = follow.uri === null ? null : parseLocalUri(ports.settings.baseUrl, follow.uri);
  if (local?.kind === 'relay-follow') {
    const relay = await ports.relays.byFollowId(local.followId);
    return relay !== null && speaksFor(relay, answererUri) ? relay : null;
  }
  // Some relays answer with a Follow of their own making, without our id.
  const { facts, actorUri } = follow;
  if (facts?.kind !== 'follow' || actorUri !== instanceActorUris(ports.settings.baseUrl).id) return null;
  if (!isPublicUri(facts.objectUri) && facts.objectUri !== answererUri) return null;
  return (await ports.relays.list()).find((relay) => relay.state === 'asked' && speaksFor(relay, answererUri)) ?? null;
}

/** A relay whose actor is known is that actor; one that was added by its inbox is whoever lives there. */
const speaksFor = (relay: Relay, actorUri: string): boolean => (relay.actorUri === null ? sameHost(relay.inbox, actorUri) : relay.actorUri === actorUri);

/** An Accept counts while it is waited for: one that is sent again later opens nothing. */
export async function settleRelay(ports: ApplyPorts, relay: Relay, actorUri: string, answer: 'accept' | 'reject'): Promise<Verdict> {
  if (relay.state !== 'asked' && !(answer === 'reject' && relay.state === 'enabled')) return ignored('nothing_waits');
  await ports.relays.settle(relay.id, { state: answer === 'accept' ? 'enabled' : 'refused', actorUri });
  return APPLIED;
}

/** Relays of the LitePub style follow back; nobody else follows the server itself. */
export async function followedByRelay(ports: ApplyPorts, { activity }: Incoming<'follow'>): Promise<Verdict> {
  const { id: followUri, actorUri } = activity;
  const relay = (await ports.relays.list()).find((each) => (each.state === 'asked' || each.state === 'enabled') && speaksFor(each, actorUri));
  if (relay === undefined || followUri === null) return ignored('unknown_target');
  // Our Accept names who followed.
  if (relay.actorUri === null) await ports.relays.settle(relay.id, { state: relay.state, actorUri });
  await ports.store.transaction((tx) => tx.appendEvent(RelayChangedV1, { relayId: relay.id, followUri }));
  return APPLIED;
}
