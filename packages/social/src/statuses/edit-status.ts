import { StatusEditedV1 } from '@trunkline/contracts';
import { countCharacters, type Account, type Status } from '@trunkline/domain';
import { fail, nowDate, ok, type Result, type StatusId } from '@trunkline/kernel';
import type { SocialPorts } from '../ports.js';
import { composeText, STATUS_CHARACTERS_MAX } from './publish-status.js';

export interface StatusRevision {
  readonly text: string;
  readonly spoilerText: string;
  readonly sensitive: boolean;
  readonly language: string | null;
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
  if (revision.text.trim() === '') return fail({ code: 'empty', safe: "Validation failed: Text can't be blank" });
  const options = { httpHosts: ports.settings.federationHttpHosts };
  if (countCharacters(revision.text, options) + countCharacters(revision.spoilerText, options) > STATUS_CHARACTERS_MAX) {
    return fail({ code: 'too_long', safe: `Validation failed: Text character limit of ${STATUS_CHARACTERS_MAX} exceeded` });
  }
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
    await tx.appendEvent(StatusEditedV1, { statusId, authorId: author.id, local: true, editedAt: editedAt.toISOString() });
  });
  const [saved] = await ports.store.statusesByIds([statusId]);
  return saved === undefined ? fail({ code: 'not_found', safe: 'Record not found' }) : ok(saved);
}
