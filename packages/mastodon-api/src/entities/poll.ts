import type { OwnAnswers, Status, StatusReaction } from '@trunkline/domain';
import { renderEmoji } from './account.js';
import { timestampOrNull } from './context.js';
import type { PollJson, ReactionJson } from './shape.js';

/** A status as far as its answers are concerned. */
export type Answerable = Pick<Status, 'id' | 'poll' | 'reactions' | 'emojis' | 'accountId'>;

/** What people answered. `own`: the reader's answers; null: nobody is signed in. */
export const renderAnswers = (status: Answerable, own: OwnAnswers | null): { poll: PollJson | null; reactions?: ReactionJson[] } => ({
  poll: renderPoll(status, own),
  ...(status.reactions.length === 0 ? {} : { reactions: status.reactions.map((reaction) => renderReaction(reaction, own)) }),
});

/**
 * The poll of a status, known by the status's id.
 * @see https://docs.joinmastodon.org/entities/Poll/
 */
export function renderPoll(status: Answerable, own: OwnAnswers | null): PollJson | null {
  const { poll } = status;
  if (poll === null) return null;
  const isHidden = poll.hidesTotals && !poll.closed;
  return {
    id: status.id,
    expires_at: timestampOrNull(poll.endsAt),
    expired: poll.closed,
    multiple: poll.multiple,
    votes_count: poll.options.reduce((sum, { votes }) => sum + (votes ?? 0), 0),
    voters_count: poll.votersCount,
    options: poll.options.map(({ title, votes }) => ({ title, votes_count: isHidden ? null : votes })),
    emojis: status.emojis.map(renderEmoji),
    // Nobody votes on their own poll: to its author it looks as if they had.
    ...(own === null ? {} : { voted: own.choices.length > 0 || status.accountId === own.accountId, own_votes: [...own.choices] }),
  };
}

/** As Fedibird, glitch-soc and Pleroma's clients read them. */
const renderReaction = ({ name, count, url, staticUrl }: StatusReaction, own: OwnAnswers | null): ReactionJson => ({
  name,
  count,
  ...(own === null ? {} : { me: own.reactions.includes(name) }),
  ...(url === null ? {} : { url, static_url: staticUrl ?? url }),
});
