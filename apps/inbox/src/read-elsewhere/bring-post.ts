import { parseNote, refOf } from '@trunkline/activitypub';
import type { Status } from '@trunkline/domain';
import { ingestStatus, readNote } from '@trunkline/social';
import type { ReadPorts, ReadingRun } from './ports.js';

/**
 * A post by its id: from here, or read from its own server when the budget allows it and everybody may see it.
 * @returns null: it is not to be had
 */
export async function bringPost(ports: ReadPorts, uri: string, { budget }: ReadingRun): Promise<Status | null> {
  const [known] = await ports.store.statusesByUris([uri]);
  if (known !== undefined) return known.deletedAt === null ? known : null;
  if (!budget.takeDocument(uri)) return null;
  const document = await ports.remote.fetchObject(uri);
  if (!document.ok || document.value.uri !== uri) return null;
  const { json } = refOf(document.value.json);
  const offered = parseNote(json);
  if (!offered.ok || offered.value.uri !== uri) return null;
  const isMet = (await ports.store.accountsByUris([offered.value.attributedTo])).length > 0;
  // An author to be met costs requests as well.
  if (!isMet && !budget.takeDocument(offered.value.attributedTo)) return null;
  const read = await readNote(ports, json);
  if (!read.ok || (read.value.note.visibility !== 'public' && read.value.note.visibility !== 'unlisted')) return null;
  await ingestStatus(ports, read.value.author, read.value.note, { fetched: true });
  const [brought] = await ports.store.statusesByUris([uri]);
  return brought === undefined || brought.deletedAt !== null ? null : brought;
}
