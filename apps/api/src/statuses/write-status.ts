import { createHash } from 'node:crypto';
import type { Account, Poll, Status, User } from '@trunkline/domain';
import { AppError, type Result, type StatusId } from '@trunkline/kernel';
import { faultOf, NOT_SUPPORTED, recordNotFound, validationFailed, type CreateStatusInput, type EditStatusParams, type PollInput } from '@trunkline/mastodon-api';
import { checkText, editStatus, portHostsOf, publishStatus, sameOptions, setQuotePolicy, type SocialPorts, type StatusDraft } from '@trunkline/social';
import type { z } from 'zod';
import { meetMentioned } from './meet-mentioned.js';

/** Who writes, with what. */
export interface Writer {
  readonly account: Account;
  readonly user: Pick<User, 'locale' | 'defaultVisibility' | 'defaultSensitive' | 'defaultLanguage' | 'defaultQuotePolicy'>;
  readonly application: { readonly name: string; readonly website: string | null };
}

/** Keys are kept in an index, whose entries must be short. */
const KEY_CHARS_MAX = 200;

/** Publishes what a client sent. @throws AppError 422 or 404 as Mastodon does */
export async function writeStatus(
  ports: SocialPorts,
  writer: Writer,
  input: CreateStatusInput,
  idempotencyKey: string | null,
): Promise<StatusId> {
  const draft = draftOf(writer, input, idempotencyKey, ports.clock.nowMs());
  await prepareText(ports, draft, input.mediaIds);
  return idOrThrow(await publishStatus(ports, writer.account, draft));
}

/** What was not said comes from the author's own defaults. */
export function draftOf({ user, application }: Omit<Writer, 'account'>, input: CreateStatusInput, idempotencyKey: string | null, nowMs: number): StatusDraft {
  return {
    text: input.text,
    spoilerText: input.spoilerText,
    sensitive: input.sensitive ?? user.defaultSensitive,
    visibility: input.visibility ?? user.defaultVisibility,
    language: input.language ?? user.defaultLanguage ?? user.locale,
    inReplyToId: input.inReplyToId,
    poll: input.poll === null ? null : newPoll(input.poll, nowMs),
    quotedId: input.quotedId,
    quotePolicy: input.quotePolicy ?? user.defaultQuotePolicy,
    application,
    idempotencyKey: keyOf(idempotencyKey),
  };
}

const MS_PER_SECOND = 1_000;

const newPoll = ({ options, expiresInSeconds, multiple, hidesTotals }: PollInput, nowMs: number): Poll => ({
  multiple,
  hidesTotals,
  options: options.map((title) => ({ title, votes: 0 })),
  votersCount: 0,
  endsAt: new Date(nowMs + expiresInSeconds * MS_PER_SECOND),
  closed: false,
});

function keyOf(key: string | null): string | null {
  if (key === null || key.trim() === '') return null;
  return key.length <= KEY_CHARS_MAX ? key : createHash('sha256').update(key).digest('hex');
}

/** Rewrites the author's own status; saying the same again is no edit. @throws AppError 404, 422 */
export async function rewriteStatus(
  ports: SocialPorts,
  writer: Pick<Writer, 'account'>,
  statusId: StatusId,
  input: z.output<typeof EditStatusParams>,
): Promise<StatusId> {
  const [status] = await ports.store.statusesByIds([statusId]);
  if (status === undefined || status.accountId !== writer.account.id || status.deletedAt !== null) throw recordNotFound();
  const { text, spoilerText } = input;
  // Absent means off, as Mastodon reads it: its clients send the whole form.
  const revision = { text, spoilerText, sensitive: (input.sensitive ?? false) || spoilerText !== '', language: input.language ?? status.language };
  if (input.quotePolicy !== undefined && status.boostOfId === null) await setQuotePolicy(ports, status, input.quotePolicy);
  // Absent it stays: a client that knows no polls edits the text alone.
  const poll = input.poll === null ? null : newPoll(input.poll, ports.clock.nowMs());
  const otherPoll = poll === null || isSamePoll(status.poll, poll) ? null : poll;
  if (isSame(status, revision) && otherPoll === null) return statusId;
  await prepareText(ports, revision, input.mediaIds);
  return idOrThrow(await editStatus(ports, writer.account, statusId, { ...revision, poll: otherPoll }));
}

type Revision = Pick<Status, 'text' | 'spoilerText' | 'sensitive' | 'language'>;

const isSame = (status: Status, revision: Revision): boolean =>
  status.text === revision.text &&
  status.spoilerText === revision.spoilerText &&
  status.sensitive === revision.sensitive &&
  status.language === revision.language;

/** Whether votes on the one are votes on the other: clients send the whole form, with an end that is counted from now. */
const isSamePoll = (a: Poll | null, b: Poll): boolean => a !== null && sameOptions(a, b) && a.hidesTotals === b.hidesTotals;

/** Refuses before asking other servers about anybody. */
async function prepareText(ports: SocialPorts, draft: { readonly text: string; readonly spoilerText: string }, mediaIds: readonly string[]): Promise<void> {
  if (mediaIds.length > 0) throw validationFailed([faultOf('media_ids', NOT_SUPPORTED)]);
  const fault = checkText(draft, portHostsOf(ports.settings));
  if (fault !== null) throw new AppError(422, fault.code, fault.safe);
  await meetMentioned(ports, draft.text);
}

function idOrThrow(result: Result<Status, { code: string; safe: string }>): StatusId {
  if (result.ok) return result.value.id;
  const { code, safe } = result.error;
  if (code === 'not_found') throw recordNotFound();
  if (code === 'parent_not_found') throw new AppError(404, code, 'The post you are trying to reply to does not appear to exist.');
  if (code === 'quoted_not_found') throw new AppError(404, code, safe);
  throw new AppError(422, code, safe);
}
