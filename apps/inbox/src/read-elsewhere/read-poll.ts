import { refOf } from '@trunkline/activitypub';
import { domainVerdict } from '@trunkline/domain';
import type { StatusId } from '@trunkline/kernel';
import { ingestEdit, readNote } from '@trunkline/social';
import type { ReadPorts, ReadingRun } from './ports.js';
import type { ReadingLimits } from './reading-budget.js';

export const POLL_LIMITS: ReadingLimits = { documentsMax: 1, pagesMax: 0, perHostMax: 1, msMax: 30_000 };

/**
 * Asks a poll's own server how it stands. What comes is taken as an Update would be: tallies and end are no edit. A post
 * that cannot be read stays as it is, since a server hides from us what it shows to its followers.
 * @returns 1 when it was read, else 0
 */
export async function readPoll(ports: ReadPorts, statusId: StatusId, run: ReadingRun): Promise<number> {
  const [status] = await ports.store.statusesByIds([statusId]);
  if (status === undefined || status.local || status.deletedAt !== null || status.poll === null) return 0;
  const [author] = await ports.store.accountsByIds([status.accountId]);
  if (author === undefined || author.deletedAt !== null || author.suspendedAt !== null) return 0;
  if (domainVerdict(ports.policy.current(), author.domain).suspended || !run.budget.takeDocument(status.uri)) return 0;
  const document = await ports.remote.fetchObject(status.uri);
  if (!document.ok || document.value.uri !== status.uri) return 0;
  const read = await readNote(ports, refOf(document.value.json).json);
  if (!read.ok || read.value.note.uri !== status.uri || read.value.author.id !== author.id) return 0;
  const outcome = await ingestEdit(ports, author, read.value.note);
  return outcome === 'told' || outcome === 'edited' ? 1 : 0;
}
