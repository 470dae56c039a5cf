import { StatusEditedV1 } from '@trunkline/contracts';
import type { Account, Poll, Status } from '@trunkline/domain';
import { fail, nowDate, ok, type Result, type StatusId } from '@trunkline/kernel';
import type { SocialPorts } from '../ports/social-ports.js';
import { composeText, portHostsOf } from './compose-text.js';
import { checkText } from './publish-status.js';

export interface StatusRevision {
  readonly text: string;
  readonly spoilerText: string;
  readonly sensitive: boolean;
  readonly language: string | null;
  /** Takes the place of the one there is, and the votes on that go; without one all stays. */
  readonly poll?: Poll | null;
}

/** The author rewrites a status. Followers' servers and everybody who interacted get the Update. */
export async function editStatus(
  ports: Pick<SocialPorts, 'store' | 'clock' | 'policy' | 'settings'>,
  author: Account,
  statusId: StatusId,
  revision: StatusRevision,
): Promise<Result<Status, { code: 'not_found' | 'empty' | 'too_long'; safe: string }>> {
  const [status] = await ports.store.statusesByIds([statusId]);
  if (status === undefined || status.accountId !== author.id || status.deletedAt !== null || status.boostOfId !== null) {
    return fail({ code: 'not_found', safe: 'Record not found' });
  }
  const faulty = checkText(revision, portHostsOf(ports.settings));
  if (faulty !== null) return fail(faulty);
  const written = await composeText(ports, author, revision);
  const editedAt = nowDate(ports.clock);
  await ports.store.transaction(async (tx) => {
    const changed = await tx.editStatus(statusId, {
      ...written,
      text: revision.text,
      spoilerText: revision.spoilerText,
      sensitive: revision.sensitive || revision.spoilerText !== '',
      language: revision.language,
      media: status.media,
      emojis: status.emojis,
      editedAt,
    });
    if (!changed) return;
    if (revision.poll != null) await tx.replacePoll(statusId, revision.poll);
    await tx.appendEvent(StatusEditedV1, { statusId, authorId: author.id, local: true, editedAt: editedAt.toISOString() });
  });
  const [saved] = await ports.store.statusesByIds([statusId]);
  return saved === undefined ? fail({ code: 'not_found', safe: 'Record not found' }) : ok(saved);
}
