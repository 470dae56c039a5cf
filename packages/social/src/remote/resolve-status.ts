import { addressedBy, parseLocalUri, parseNote, sameHost, type RemoteNote } from '@trunkline/activitypub';
import type { Account, Status } from '@trunkline/domain';
import { fail, ok, type Result } from '@trunkline/kernel';
import { settleReply } from '../interactions/settle-reply.js';
import type { RemoteDocuments, SocialPorts } from '../ports/social-ports.js';
import { ingestStatus } from './ingest-status.js';
import { fetchCode, resolveAccount, type ResolveFailure } from './resolve-account.js';

/** How a post is asked for; default: in the name of this server. */
export type FetchPost = RemoteDocuments['fetchObject'];

/** Parents fetched above a post, at most. */
export const PARENTS_MAX = 20;
/** No further one is begun after this time: a server that drips must not hold up the threads of others. */
const PARENTS_MS_MAX = 60_000;

/**
 * A status by its id: from here, or read from its author's server. Parents are left to `resolveParents`. Only a pasted
 * `address` may be that of a page.
 */
export async function resolveStatus(
  ports: SocialPorts,
  uri: string,
  { address = false, fetchPost = asServer(ports) }: { readonly address?: boolean; readonly fetchPost?: FetchPost } = {},
): Promise<Result<Status, ResolveFailure>> {
  const [known] = await ports.store.statusesByUris([uri]);
  if (known !== undefined) return known.deletedAt === null ? ok(known) : fail({ code: 'gone' });
  if (parseLocalUri(ports.settings.baseUrl, uri) !== null) return fail({ code: 'not_found' });
  const document = await fetchPost(uri, { page: address });
  if (!document.ok) return fail({ code: fetchCode(document.error.code), detail: document.error.code });
  const read = await readNote(ports, document.value.json);
  if (!read.ok) return read;
  const { note, author } = read.value;
  if (note.uri !== document.value.uri) return fail({ code: 'spoofed', detail: 'id_mismatch' });
  const outcome = await ingestStatus(ports, author, note, { fetched: true });
  if (outcome === 'tombstone') return fail({ code: 'gone' });
  if (outcome !== 'stored' && outcome !== 'known') return fail({ code: 'invalid', detail: outcome });
  const [stored] = await ports.store.statusesByUris([note.uri]);
  return stored === undefined ? fail({ code: 'not_found' }) : ok(stored);
}

const asServer = ({ remote }: SocialPorts): FetchPost => (uri, options) => remote.fetchObject(uri, options);

/**
 * A note document and its author. The author must live where the note lives: nobody vouches for another host's
 * post (S001, S003: origin impersonation).
 */
export async function readNote(ports: SocialPorts, json: unknown): Promise<Result<{ note: RemoteNote; author: Account }, ResolveFailure>> {
  const first = parseNote(json);
  if (!first.ok) return fail({ code: 'invalid', detail: first.error.code });
  if (!sameHost(first.value.uri, first.value.attributedTo)) return fail({ code: 'spoofed', detail: 'author_host' });
  const author = await resolveAccount(ports, first.value.attributedTo);
  if (!author.ok) return author;
  if (author.value.domain === null) return fail({ code: 'spoofed', detail: 'local_author' });
  if (author.value.suspendedAt !== null) return fail({ code: 'blocked_domain', detail: 'author_suspended' });
  return ok({ note: addressedBy(first.value, author.value.followersUrl), author: author.value });
}

/** Walks up from a status whose parent is not here, until it is, the top is reached or the cap. Returns how many came. */
export async function resolveParents(ports: SocialPorts, status: Pick<Status, 'uri' | 'inReplyToUri'>, fetchPost: FetchPost = asServer(ports)): Promise<number> {
  const endMs = ports.clock.nowMs() + PARENTS_MS_MAX;
  let child = status.uri;
  let uri = status.inReplyToUri;
  for (let count = 0; count < PARENTS_MAX; count += 1) {
    if (uri === null || ports.clock.nowMs() > endMs) return count;
    const parent = await resolveStatus(ports, uri, { fetchPost });
    if (!parent.ok) return count;
    // `ingestStatus` adopted the orphans that waited for it; one that was here all along is tied now.
    await ports.store.transaction((tx) => tx.adoptOrphans([parent.value]));
    await settleReply(ports, child);
    child = parent.value.uri;
    uri = parent.value.inReplyToUri;
  }
  return PARENTS_MAX;
}
