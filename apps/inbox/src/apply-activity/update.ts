import { addressedBy, parseActor, type RemoteActor } from '@trunkline/activitypub';
import { keyOwnerUrl } from '@trunkline/http-signatures';
import { ingestActor, ingestEdit, resolveAccount } from '@trunkline/social';
import { actorOf, readPinsLater } from './actor.js';
import { settleQuoteLater } from './answered-quote.js';
import { fetchParentsLater, ownNote, verdictOf } from './create.js';
import type { ApplyPorts, Incoming } from './ports.js';
import { concernsUs } from './relevance.js';
import { editByOrigin, editOfNeighbour, isContradicted, profileOfNeighbour } from './told-by-origin.js';
import { APPLIED, ignored, unresolved, type Verdict } from './verdict.js';

/** A profile or a post changed, as its own actor says. Nobody's word changes another's, not even on the same host: there the origin is asked. */
export async function applyUpdate(ports: ApplyPorts, incoming: Incoming<'update'>): Promise<Verdict> {
  switch (incoming.facts.what) {
    case 'account':
      return updateProfile(ports, incoming);
    case 'post':
    case 'unknown':
      return updateNote(ports, incoming);
    case 'stamp':
      // A stamp says one thing, and never changes: it is deleted.
      return ignored('stamp_changed');
  }
}

async function updateProfile(ports: ApplyPorts, { activity, actor, facts }: Incoming<'update'>): Promise<Verdict> {
  const { object } = facts;
  const { actorUri } = activity;
  if (object.uri !== actorUri) return profileOfNeighbour(ports, object.uri, actorUri);
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
  readPinsLater(ports, stored.value);
  await replaceKeys(ports, [document.value]);
  return APPLIED;
}

/** Those who list none keep what they have. */
export async function replaceKeys(ports: Pick<ApplyPorts, 'keys'>, actors: readonly RemoteActor[]): Promise<void> {
  const listing = actors.filter(({ publicKeys }) => publicKeys.length > 0);
  if (listing.length === 0) return;
  // The old key vouches for the new ones; one that is not listed any more was withdrawn. A key at an address of its own
  // is read there when it first signs: listed here it could take the place of somebody else's on the same host.
  const own = listing.flatMap(({ uri, publicKeys }) => publicKeys.filter((key) => keyOwnerUrl(key.id) === uri));
  await ports.keys.replaceOwned(
    listing.map(({ uri }) => uri),
    own.map(({ id, owner, pem, endsAt }) => ({ keyId: id, ownerUri: owner, publicKeyPem: pem, endsAt: endsAt === undefined ? null : new Date(endsAt) })),
  );
}

/** How a server answers that shows a post to some alone. */
const UNSHOWN: readonly string[] = ['object_not_found', 'object_gone', 'object_http_4xx'];

async function updateNote(ports: ApplyPorts, incoming: Incoming<'update'>): Promise<Verdict> {
  const { activity, facts: { object } } = incoming;
  const note = await ownNote(ports, object, incoming);
  if (!note.ok) return note.error.code === 'foreign_author' ? editOfNeighbour(ports, object, activity.actorUri) : note.error.verdict;
  const [known] = await ports.store.statusesByUris([note.value.uri]);
  if (known === undefined && !(await concernsUs(ports, incoming.actor, note.value))) return ignored('not_relevant');
  // A suspended author may mend or end what stands, not add to it.
  if (known === undefined && incoming.actor?.suspendedAt != null) return ignored('actor_suspended');
  const author = await actorOf(ports, incoming);
  if (!author.ok) return unresolved('actor', author.error);
  if (known !== undefined && object.json !== null && isContradicted(activity, note.value, known, author.value)) {
    const asked = await editByOrigin(ports, known);
    // What is not shown to us is not for everybody.
    if (asked.kind !== 'ignored' || !UNSHOWN.includes(asked.reason)) return asked;
  }
  const outcome = await ingestEdit(ports, author.value, addressedBy(note.value, author.value.followersUrl));
  if (outcome === 'stored') fetchParentsLater(ports, note.value, incoming);
  if (outcome === 'stored' || outcome === 'edited' || outcome === 'told') settleQuoteLater(ports, note.value);
  return verdictOf(outcome);
}
