import type { RemotePoll } from '@trunkline/activitypub';
import type { Poll } from '@trunkline/domain';

/** More votes than there are people are nonsense; sums of these stay exact. */
const VOTES_MAX = 10_000_000_000;

/** A poll as its own server tells it. */
export const pollOf = ({ multiple, options, votersCount, endsAt, closed }: RemotePoll): Poll => ({
  multiple,
  hidesTotals: false,
  options: options.map(({ title, votes }) => ({ title, votes: bounded(votes) })),
  votersCount: bounded(votersCount),
  endsAt: endsAt === null ? null : new Date(endsAt),
  closed,
});

const bounded = (count: number | null): number | null => (count === null ? null : Math.min(count, VOTES_MAX));

/** Whether a vote on the one means the same on the other. */
export const sameOptions = (a: Poll, b: Poll): boolean =>
  a.multiple === b.multiple && a.options.length === b.options.length && a.options.every(({ title }, place) => title === b.options[place]?.title);
