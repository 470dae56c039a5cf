import { addressedBy, sameHost, visibilityOf, type IncomingActivity, type ObjectRef, type RemoteNote } from '@trunkline/activitypub';
import { isNarrower, type Account, type Status } from '@trunkline/domain';
import { ingestEdit, readNote, resolveAccount } from '@trunkline/social';
import { isPassing } from '../passing-failures.js';
import { readPinsLater } from './actor.js';
import { settleQuoteLater } from './answered-quote.js';
import { verdictOf } from './create.js';
import type { ApplyPorts } from './ports.js';
import { APPLIED, ignored, retry, unresolved, type Verdict } from './verdict.js';

/** A post as its own address serves it, whoever said that it changed. Its author is who it was. */
export async function editByOrigin(ports: ApplyPorts, { uri }: Pick<Status, 'uri'>): Promise<Verdict> {
  const document = await ports.remote.fetchObject(uri);
  if (!document.ok) {
    const { code } = document.error;
    return isPassing(code) ? retry(`object_unreachable: ${code}`) : ignored(`object_${code}`);
  }
  if (document.value.uri !== uri) return ignored('id_mismatch');
  const read = await readNote(ports, document.value.json);
  if (!read.ok) return unresolved('object', read.error);
  if (read.value.note.uri !== uri) return ignored('id_mismatch');
  const outcome = await ingestEdit(ports, read.value.author, read.value.note);
  if (outcome === 'edited' || outcome === 'told') settleQuoteLater(ports, read.value.note);
  return verdictOf(outcome);
}

/**
 * Somebody changes a post of another account of their server: Mobilizon's members those of their group. The word of one account
 * is none for another, so that the server itself is asked about what is here; about nothing else, and nobody else's server.
 */
export async function editOfNeighbour(ports: ApplyPorts, { uri }: ObjectRef, actorUri: string): Promise<Verdict> {
  const [known] = uri === null || !sameHost(uri, actorUri) ? [] : await ports.store.statusesByUris([uri]);
  return known === undefined || known.local || known.deletedAt !== null ? ignored('foreign_author') : editByOrigin(ports, known);
}

/** The same for a profile: a group's, as one of those who run it changes it. */
export async function profileOfNeighbour(ports: ApplyPorts, uri: string | null, actorUri: string): Promise<Verdict> {
  const [known] = uri === null || !sameHost(uri, actorUri) ? [] : await ports.store.accountsByUris([uri]);
  if (known === undefined || known.domain === null || known.deletedAt !== null) return ignored('foreign_profile');
  const read = await resolveAccount(ports, known.uri, { refresh: true });
  if (!read.ok) return unresolved('actor', read.error);
  readPinsLater(ports, read.value);
  return APPLIED;
}

/**
 * Whether an Update is for more people than the post in it, which would have fewer than what stands: one of the two is a slip of
 * the sender's, and the post's own address says which.
 */
export function isContradicted({ to, cc }: IncomingActivity, note: RemoteNote, known: Status, { followersUrl }: Account): boolean {
  const { isPlainlyAddressed, visibility } = addressedBy(note, followersUrl);
  return isPlainlyAddressed && isNarrower(visibility, known.visibility) && isNarrower(visibility, visibilityOf(to, cc, followersUrl));
}
