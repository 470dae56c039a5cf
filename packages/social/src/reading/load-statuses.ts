import {
  effectivePolicy,
  factsOf,
  quotePermission,
  shownQuote,
  type Account,
  type OwnAnswers,
  type QuotePermission,
  type ShownQuote,
  type Status,
  type StatusFacts,
  type StatusFlags,
  type TimelineFacts,
  type Viewer,
} from '@trunkline/domain';
import type { AccountId, StatusId } from '@trunkline/kernel';
import type { SocialPorts } from '../ports/social-ports.js';
import type { SocialReads } from '../ports/social-store.js';
import { isDomainSuspended, isSilenced, viewerOf } from '../statuses/viewer.js';

/** A status with everything that rules and rendering need; `boosted` one level deep, quotes two. */
export interface StatusView {
  readonly status: Status;
  readonly author: Account;
  readonly boosted: StatusView | null;
  /** What it quotes, if that is agreed to and here; whether the viewer may see it says `quote`. */
  readonly quoted: StatusView | null;
  /** How the viewer gets its quote; null: it shows none. */
  readonly quote: ShownQuote | null;
  /** Whether the viewer may quote it. */
  readonly permission: QuotePermission;
  /** null: nobody is signed in. */
  readonly flags: StatusFlags | null;
  /** The viewer's votes and reactions, where there is a poll or a reaction. */
  readonly own: OwnAnswers | null;
}

export interface LoadedStatuses {
  readonly views: ReadonlyMap<StatusId, StatusView>;
  /** null: nobody is signed in. */
  readonly viewer: Viewer | null;
}

const NO_FLAGS: StatusFlags = { favourited: false, boosted: false, bookmarked: false, muted: false, pinned: false };

/** A quote, and what that quotes: of the latter only the id is shown. */
const QUOTES_DEEP = 2;

/**
 * One batched load for many ids: statuses, what they boost and quote, authors, the viewer's flags and ties. Of rules only
 * those about quotes are asked, since they decide about parts of a status: for the rest the caller asks the pure rules
 * next. Unknown ids are left out.
 */
export async function loadStatuses(
  ports: { store: SocialReads } & Pick<SocialPorts, 'policy'>,
  viewerId: AccountId | null,
  ids: readonly StatusId[],
): Promise<LoadedStatuses> {
  const asked = await ports.store.statusesByIds(ids);
  const known = await withRelated(ports.store, asked);
  const all = [...known.values()];
  const answerable = all.filter(isAnswered).map((status) => status.id);
  const [authors, flags, ties, own] = await Promise.all([
    ports.store.accountsByIds([...new Set(all.map((status) => status.accountId))]),
    viewerId === null ? null : ports.store.statusFlags(viewerId, [...known.keys()]),
    viewerId === null ? null : ports.store.viewerTies(viewerId, peopleIn(all)),
    viewerId === null || answerable.length === 0 ? null : ports.store.ownAnswers(viewerId, answerable),
  ]);
  const authorById = new Map(authors.map((author) => [author.id, author]));
  const viewer = viewerId === null || ties === null ? null : viewerOf(viewerId, ties);
  const views = new Map<StatusId, StatusView>();
  const viewOf = (status: Status, deep: { readonly boosts: number; readonly quotes: number }): StatusView | null => {
    const author = authorById.get(status.accountId);
    if (author === undefined) return null;
    const target = status.boostOfId === null || deep.boosts === 0 ? undefined : known.get(status.boostOfId);
    const inner = target === undefined ? null : viewOf(target, { ...deep, boosts: deep.boosts - 1 });
    if (status.boostOfId !== null && deep.boosts > 0 && inner === null) return null;
    const quotedId = deep.quotes === 0 ? null : quotedIdOf(status);
    const quotedStatus = quotedId === null ? undefined : known.get(quotedId);
    const quoted = quotedStatus === undefined ? null : viewOf(quotedStatus, { boosts: 0, quotes: deep.quotes - 1 });
    const flagged = flags === null ? null : (flags.get(status.id) ?? NO_FLAGS);
    return judged(ports, { status, author, boosted: inner, quoted, flags: flagged, own: own?.get(status.id) ?? null }, viewer);
  };
  for (const status of asked) {
    const view = viewOf(status, { boosts: 1, quotes: QUOTES_DEEP });
    if (view !== null) views.set(status.id, view);
  }
  return { views, viewer };
}

/** Whether it has a poll or reactions, which look different to those who answered. */
export const isAnswered = ({ poll, reactions }: Pick<Status, 'poll' | 'reactions'>): boolean => poll !== null || reactions.length > 0;

/** What a status quotes with its author's consent, if that is here. */
const quotedIdOf = ({ quote }: Pick<Status, 'quote'>): StatusId | null => (quote?.state === 'accepted' ? quote.quotedId : null);

/** The statuses with what they boost and quote. Most pages hold no quote, and ask once. */
async function withRelated(store: SocialReads, own: readonly Status[]): Promise<Map<StatusId, Status>> {
  const known = new Map(own.map((status) => [status.id, status]));
  let added = own;
  for (let round = 0; round <= QUOTES_DEEP; round += 1) {
    const related = added.flatMap((status) => [round === 0 ? status.boostOfId : null, quotedIdOf(status)]);
    const missing = [...new Set(related.filter((id) => id !== null && !known.has(id)))] as StatusId[];
    if (missing.length === 0) break;
    added = await store.statusesByIds(missing);
    for (const status of added) known.set(status.id, status);
  }
  return known;
}

type Unjudged = Omit<StatusView, 'quote' | 'permission'>;

/** The view with what the rules about quotes say to this viewer, all the way down. */
export const seenBy = (ports: Pick<SocialPorts, 'policy'>, view: Unjudged, viewer: Viewer | null): StatusView =>
  judged(
    ports,
    {
      ...view,
      quoted: view.quoted === null ? null : seenBy(ports, view.quoted, viewer),
      boosted: view.boosted === null ? null : seenBy(ports, view.boosted, viewer),
    },
    viewer,
  );

/** The same of a view whose parts were judged before. */
function judged(ports: Pick<SocialPorts, 'policy'>, view: Unjudged, viewer: Viewer | null): StatusView {
  const { status, quoted } = view;
  return {
    ...view,
    quote: shownQuote(status.quote, quoted === null ? null : statusFacts(ports, quoted), viewer),
    permission: quotePermission({ authorId: status.accountId, visibility: status.visibility, isBoost: status.boostOfId !== null, policy: effectivePolicy(status) }, viewer),
  };
}

const statusFacts = (ports: Pick<SocialPorts, 'policy'>, { status, author }: Pick<StatusView, 'status' | 'author'>): StatusFacts =>
  factsOf(status, author, isDomainSuspended(ports.policy.current(), author));

/** Authors, mentioned people and replied-to people: all whom a rule may ask about. */
export function peopleIn(statuses: readonly Status[]): AccountId[] {
  const ids = new Set<AccountId>();
  for (const status of statuses) {
    ids.add(status.accountId);
    if (status.inReplyToAccountId !== null) ids.add(status.inReplyToAccountId);
    for (const mention of status.mentions) ids.add(mention.accountId);
  }
  return [...ids];
}

/** A loaded status as the pure rules judge it, moderation included. */
export function timelineFacts(ports: Pick<SocialPorts, 'policy'>, view: StatusView): TimelineFacts {
  const policy = ports.policy.current();
  const factsOfView = (one: StatusView): StatusFacts => statusFacts(ports, one);
  const { status } = view;
  const isReply = status.inReplyToId !== null || status.inReplyToUri !== null;
  return {
    status: factsOfView(view),
    language: status.language,
    authorSilenced: isSilenced(policy, view.author),
    reply: isReply ? { toAccountId: status.inReplyToAccountId } : null,
    boosted:
      view.boosted === null
        ? null
        : { status: factsOfView(view.boosted), authorSilenced: isSilenced(policy, view.boosted.author) },
  };
}
