import { addressedBy, isActorType, parseActor, type IncomingActivity } from '@trunkline/activitypub';
import { keyOwnerUrl } from '@trunkline/http-signatures';
import { ingestActor, ingestEdit, resolveAccount } from '@trunkline/social';
import { actorOf } from './actor.js';
import { fetchParentsLater, ownNote, verdictOf } from './create.js';
import { typesOfRef } from './embedded.js';
import type { ApplyPorts, Incoming } from './ports.js';
import { concernsUs } from './relevance.js';
import { APPLIED, ignored, unresolved, type Verdict } from './verdict.js';

/** A profile or a post changed, as its own actor says. Nobody changes another's, not even on the same host. */
export async function applyUpdate(ports: ApplyPorts, incoming: Incoming): Promise<Verdict> {
  const { activity } = incoming;
  const isProfile = activity.object.uri === activity.actorUri || typesOfRef(activity.object).some(isActorType);
  return isProfile ? updateProfile(ports, activity, incoming) : updateNote(ports, activity, incoming);
}

async function updateProfile(ports: ApplyPorts, activity: IncomingActivity, { actor }: Incoming): Promise<Verdict> {
  const { object, actorUri } = activity;
  if (object.uri !== actorUri) return ignored('foreign_profile');
  if (actor === null) return ignored('unknown_actor');
  if (object.json === null) {
    const fetched = await resolveAccount(ports, actorUri, { refresh: true });
    return fetched.ok ? APPLIED : unresolved('actor', fetched.error);
  }
  const document = parseActor(object.json);
  if (!document.ok) return ignored(document.error.code);
  if (document.value.uri !== actorUri) return ignored('foreign_profile');
  const stored = await ingestActor(ports, document.value);
  if (!stored.ok) return unresolved('actor', stored.error);
  const { publicKeys } = document.value;
  if (publicKeys.length === 0) return APPLIED;
  // The old key vouches for the new ones; one that is not listed any more was withdrawn. A key at an address of its own
  // is read there when it first signs: listed here it could take the place of somebody else's on the same host.
  await ports.keys.deleteByOwner(actorUri);
  const own = publicKeys.filter((key) => keyOwnerUrl(key.id) === actorUri);
  for (const { id, owner, pem } of own) await ports.keys.put({ keyId: id, ownerUri: owner, publicKeyPem: pem });
  return APPLIED;
}

async function updateNote(ports: ApplyPorts, activity: IncomingActivity, incoming: Incoming): Promise<Verdict> {
  const note = await ownNote(ports, activity.object, activity.actorUri);
  if (!note.ok) return note.error.verdict;
  const [known] = await ports.store.statusesByUris([note.value.uri]);
  if (known === undefined && !(await concernsUs(ports, incoming.actor, note.value))) return ignored('not_relevant');
  // A suspended author may mend or end what stands, not add to it.
  if (known === undefined && incoming.actor?.suspendedAt != null) return ignored('actor_suspended');
  const author = await actorOf(ports, incoming);
  if (!author.ok) return unresolved('actor', author.error);
  const outcome = await ingestEdit(ports, author.value, addressedBy(note.value, author.value.followersUrl));
  if (outcome === 'stored') fetchParentsLater(ports, note.value);
  return verdictOf(outcome);
}
