import { factsOf, type Account, type OwnAnswers, type Status, type StatusFacts, type StatusFlags, type TimelineFacts, type Viewer } from '@trunkline/domain';
import type { AccountId, StatusId } from '@trunkline/kernel';
import type { SocialPorts } from '../ports/social-ports.js';
import type { SocialReads } from '../ports/social-store.js';
import { isDomainSuspended, isSilenced, viewerOf } from '../statuses/viewer.js';

/** A status with everything that rules and rendering need; `boosted` one level deep. */
export interface StatusView {
  readonly status: Status;
  readonly author: Account;
  readonly boosted: StatusView | null;
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

/**
 * One batched load for many ids: statuses, what they boost, authors, the viewer's flags and ties. No rule is
 * applied: the caller asks the pure rules next. Unknown ids are left out.
 */
export async function loadStatuses(
  ports: { store: SocialReads },
  viewerId: AccountId | null,
  ids: readonly StatusId[],
): Promise<LoadedStatuses> {
  const asked = await ports.store.statusesByIds(ids);
  const known = new Map(asked.map((status) => [status.id, status]));
  const boostedIds = asked.flatMap((s) => (s.boostOfId !== null && !known.has(s.boostOfId) ? [s.boostOfId] : []));
  const boosted = boostedIds.length === 0 ? [] : await ports.store.statusesByIds([...new Set(boostedIds)]);
  for (const status of boosted) known.set(status.id, status);
  const all = [...known.values()];
  const answerable = all.filter(isAnswered).map((status) => status.id);
  const [authors, flags, ties, own] = await Promise.all([
    ports.store.accountsByIds([...new Set(all.map((status) => status.accountId))]),
    viewerId === null ? null : ports.store.statusFlags(viewerId, [...known.keys()]),
    viewerId === null ? null : ports.store.viewerTies(viewerId, peopleIn(all)),
    viewerId === null || answerable.length === 0 ? null : ports.store.ownAnswers(viewerId, answerable),
  ]);
  const authorById = new Map(authors.map((author) => [author.id, author]));
  const views = new Map<StatusId, StatusView>();
  const viewOf = (status: Status, depth: number): StatusView | null => {
    const author = authorById.get(status.accountId);
    if (author === undefined) return null;
    const target = status.boostOfId === null || depth === 0 ? null : known.get(status.boostOfId);
    const inner = target === null || target === undefined ? null : viewOf(target, depth - 1);
    if (status.boostOfId !== null && depth > 0 && inner === null) return null;
    return { status, author, boosted: inner, flags: flags === null ? null : (flags.get(status.id) ?? NO_FLAGS), own: own?.get(status.id) ?? null };
  };
  for (const status of asked) {
    const view = viewOf(status, 1);
    if (view !== null) views.set(status.id, view);
  }
  return { views, viewer: viewerId === null || ties === null ? null : viewerOf(viewerId, ties) };
}

/** Whether it has a poll or reactions, which look different to those who answered. */
export const isAnswered = ({ poll, reactions }: Pick<Status, 'poll' | 'reactions'>): boolean => poll !== null || reactions.length > 0;

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
  const factsOfView = (one: StatusView): StatusFacts => factsOf(one.status, one.author, isDomainSuspended(policy, one.author));
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
