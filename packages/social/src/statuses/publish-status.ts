import { actorUris, statusUris } from '@trunkline/activitypub';
import { publicationEventId, StatusPublishedV1 } from '@trunkline/contracts';
import { countStatusCharacters, policyOfChoice, STATUS_CHARACTERS_MAX, type Account, type Poll, type QuoteChoice, type Status, type Visibility } from '@trunkline/domain';
import { fail, nowDate, ok, type AccountId, type Result, type StatusId } from '@trunkline/kernel';
import type { InsertedStatus, NewStatus } from '../ports/store-rows.js';
import type { SocialPorts } from '../ports/social-ports.js';
import type { SocialTransaction } from '../ports/social-store.js';
import { askedFor, leaveToAct } from '../interactions/ask-leave.js';
import { announceQuote } from '../quotes/change-quote.js';
import { chooseQuoted, newQuote, type ChosenQuote, type QuoteFailure } from '../quotes/choose-quoted.js';
import { viewStatus } from '../reading/view-statuses.js';
import { tracesOf, type Caused } from './caused.js';
import { composeText, portHostsOf, type WrittenText } from './compose-text.js';

export interface StatusDraft {
  readonly text: string;
  readonly spoilerText: string;
  readonly sensitive: boolean;
  readonly visibility: Visibility;
  readonly language: string | null;
  readonly inReplyToId: StatusId | null;
  readonly poll?: Poll | null;
  readonly quotedId?: StatusId | null;
  /** Absent: whoever can see it. */
  readonly quotePolicy?: QuoteChoice;
  readonly application: { readonly name: string; readonly website: string | null } | null;
  readonly idempotencyKey: string | null;
}

export type PublishFailure = { code: 'empty' | 'too_long' | 'parent_not_found' | 'reply_not_allowed'; safe: string } | QuoteFailure;

type Publishing = Pick<SocialPorts, 'store' | 'ids' | 'clock' | 'policy' | 'settings'>;

/**
 * Writes a local status and announces it. Called again with the same Idempotency-Key it answers the first one,
 * whatever was killed between: key, status and event are one transaction.
 */
export async function publishStatus(
  ports: Publishing,
  author: Account,
  draft: StatusDraft,
): Promise<Result<Status, PublishFailure>> {
  const faulty = checkText(draft, portHostsOf(ports.settings));
  if (faulty !== null) return fail(faulty);
  const answered = draft.inReplyToId === null ? null : await viewStatus(ports, author.id, draft.inReplyToId);
  // Who answers a boost answers what it shows.
  const parent = answered?.boosted ?? answered;
  if (draft.inReplyToId !== null && parent === null) {
    return fail({ code: 'parent_not_found', safe: 'Validation failed: The post you are replying to does not exist' });
  }
  const leave = parent === null ? null : await leaveToAct(ports, author.id, 'reply', parent.status);
  if (leave?.leave === 'denied') return fail({ code: 'reply_not_allowed', safe: 'Validation failed: The author of this post does not want answers' });
  const chosen = draft.quotedId == null ? null : await chooseQuoted(ports, author, draft.quotedId, draft.visibility);
  if (chosen?.ok === false) return chosen;
  const quoted = chosen?.value ?? null;
  const written = await composeText(ports, author, draft);
  if (isUnseenByQuoted(author, quoted, written)) {
    return fail({ code: 'quote_not_allowed', safe: 'Validation failed: A private mention must mention whom it quotes' });
  }
  const id = ports.ids.next();
  const status = newStatus(ports, author, draft, { id, parent: parent?.status ?? null, quoted, ...written });
  const savedId = await ports.store.transaction(async (tx) => {
    if (draft.idempotencyKey !== null) {
      const earlier = await tx.claimIdempotencyKey(author.id, draft.idempotencyKey, id);
      if (earlier !== null) return earlier;
    }
    const saved = await saveAndAnnounce(tx, status);
    const asked = leave === null || parent === null ? null : askedFor('reply', leave, { interactionId: id, accountId: author.id, target: parent.status });
    if (asked !== null) await tx.insertAsked(asked);
    if (saved !== null && status.quote != null && quoted !== null) {
      await announceQuote(tx, ports, { quoting: { id: saved, accountId: author.id }, quoted: quoted.quoted, state: status.quote.state });
    }
    return id;
  });
  const [saved] = await ports.store.statusesByIds([savedId]);
  if (saved === undefined) throw new Error(`status ${savedId} is gone right after its commit`);
  return ok(saved);
}

/** A direct message would quote somebody behind their back. */
const isUnseenByQuoted = (author: Account, chosen: ChosenQuote | null, { mentions }: WrittenText): boolean =>
  chosen?.visibility === 'direct' && chosen.quoted.accountId !== author.id && !mentions.some(({ accountId }) => accountId === chosen.quoted.accountId);

/** A status of 500 characters with forty links of a kilobyte fits in; what is longer is not looked at. */
const TEXT_UNITS_MAX = 65_536;

/** What a person typed must not be empty or over the limit; null: fine. Edits are checked alike. */
export function checkText(
  draft: Pick<StatusDraft, 'text' | 'spoilerText'>,
  portHosts: ReadonlySet<string>,
): { code: 'empty' | 'too_long'; safe: string } | null {
  if (draft.text.trim() === '') return { code: 'empty', safe: "Validation failed: Text can't be blank" };
  const isLong = draft.text.length > TEXT_UNITS_MAX || countStatusCharacters(draft.spoilerText, draft.text, { portHosts }) > STATUS_CHARACTERS_MAX;
  if (!isLong) return null;
  return { code: 'too_long', safe: `Validation failed: Text character limit of ${STATUS_CHARACTERS_MAX} exceeded` };
}

function newStatus(
  ports: Pick<SocialPorts, 'clock' | 'settings'>,
  author: Account,
  draft: StatusDraft,
  made: WrittenText & { id: StatusId; parent: Status | null; quoted: ChosenQuote | null },
): NewStatus {
  const { baseUrl } = ports.settings;
  const wanted = made.quoted?.visibility ?? draft.visibility;
  const visibility = author.silencedAt !== null && wanted === 'public' ? 'unlisted' : wanted;
  return {
    id: made.id,
    accountId: author.id,
    uri: statusUris(baseUrl, author.id, made.id).id,
    url: `${baseUrl}/@${author.username}/${made.id}`,
    local: true,
    content: made.content,
    text: draft.text,
    spoilerText: draft.spoilerText,
    // A warning without the mark would be read as unmarked media by half of the field.
    sensitive: draft.sensitive || draft.spoilerText !== '',
    visibility,
    language: draft.language,
    inReplyToId: made.parent?.id ?? null,
    inReplyToAccountId: made.parent?.accountId ?? null,
    inReplyToUri: null,
    boostOfId: null,
    conversationId: made.parent?.conversationId ?? made.id,
    conversationUri: null,
    applicationName: draft.application?.name ?? null,
    applicationWebsite: draft.application?.website ?? null,
    media: [],
    emojis: [],
    mentions: made.mentions,
    tags: made.tags,
    poll: draft.poll ?? null,
    createdAt: nowDate(ports.clock),
    quote: made.quoted === null ? null : newQuote(ports, author, { id: made.id, quoted: made.quoted.quoted }),
    quotePolicy: policyOfChoice(draft.quotePolicy ?? 'public', visibility),
  };
}

/** Inserts and, only when it was new, announces; the id under which it stands, or null. Shared by local posts, boosts and remote statuses. */
export async function saveAndAnnounce(tx: SocialTransaction, status: NewStatus): Promise<StatusId | null> {
  const [saved] = await saveAndAnnounceAll(tx, [{ status }]);
  return saved?.id ?? null;
}

/** As one by one, in the order given. `quiet`: not announced. */
export async function saveAndAnnounceAll(
  tx: SocialTransaction,
  given: readonly Caused<{ readonly status: NewStatus; readonly quiet?: boolean }>[],
): Promise<(InsertedStatus | null)[]> {
  const saved = await tx.insertStatuses(given.map(({ status }) => status));
  const fresh = given.flatMap(({ status, trace, quiet }, index) => {
    const row = saved[index] ?? null;
    return row === null || quiet === true ? [] : [{ payload: publishedEvent(status, row.id), ...(trace === undefined ? {} : { trace }) }];
  });
  await tx.appendEvents(StatusPublishedV1, fresh.map(({ payload }) => payload), tracesOf(fresh));
  return saved;
}

export const publishedEvent = (status: NewStatus, statusId: StatusId) => ({
  // What comes from elsewhere may be published again, when its server takes a deletion back.
  ...(status.local ? { eventId: publicationEventId(statusId) } : {}),
  statusId,
  authorId: status.accountId,
  visibility: status.visibility,
  boostOfId: status.boostOfId,
  local: status.local,
  publishedAt: status.createdAt.toISOString(),
});

/** Ids and addresses of a local account that is about to be made. */
export function localAccountUris(
  baseUrl: string,
  id: AccountId,
  username: string,
): Pick<Account, 'uri' | 'url' | 'inboxUrl' | 'sharedInboxUrl' | 'outboxUrl' | 'followersUrl' | 'followingUrl' | 'featuredUrl'> {
  const uris = actorUris(baseUrl, id);
  return {
    uri: uris.id,
    url: `${baseUrl}/@${username}`,
    inboxUrl: uris.inbox,
    sharedInboxUrl: uris.sharedInbox,
    outboxUrl: uris.outbox,
    followersUrl: uris.followers,
    followingUrl: uris.following,
    featuredUrl: uris.featured,
  };
}
