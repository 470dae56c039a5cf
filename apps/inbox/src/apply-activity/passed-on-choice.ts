import { addressedBy, sameHost, type RemoteNote } from '@trunkline/activitypub';
import { isNarrower, type Account, type Status } from '@trunkline/domain';
import { standsAsKnown } from '@trunkline/social';
import type { Candidate, EditCandidate, PassedOn, ShareCandidate, WithdrawCandidate } from './candidate-kinds.js';
import { isVote } from './passed-on-candidates.js';
import type { ApplyPorts } from './ports.js';
import { shownKey, type Knowledge } from './together-knowledge.js';

/** The refusals of `group-delivery.ts`; null: something may come of it. `group`: null when it is not known here. */
export function refusalByGroup(candidate: Candidate, { isAboutOurs, isVouched }: PassedOn, { group, known }: { readonly group: Account | null; readonly known: Knowledge }): string | null {
  if (group === null) return 'unknown_actor';
  if (group.actorType !== 'Group') return 'not_a_group';
  if (!isAboutOurs && !known.followed.has(group.id)) return 'not_relevant';
  if (!isVote(candidate) || !isVouched) return null;
  const member = known.people.get(candidate.row.actorUri);
  return member !== undefined && (member.domain === null || member.deletedAt !== null || member.suspendedAt !== null) ? 'actor_suspended' : null;
}

/** It lies on the group's server, and the group shows it or the post that began its thread. */
export function isOfGroup({ passedOn }: WithdrawCandidate | EditCandidate, { id, uri, conversationId }: Status, { people, shown }: Knowledge): boolean {
  const group = passedOn === null ? undefined : people.get(passedOn.groupUri);
  return group !== undefined && sameHost(uri, group.uri) && [id, conversationId].some((statusId) => shown.has(shownKey(group.id, statusId)));
}

type Reading = Pick<ApplyPorts, 'clock' | 'policy'>;

const isNotAtHand = (ports: Reading, author: Account | undefined): boolean => author === undefined || !standsAsKnown(ports, author) || author.suspendedAt !== null;

/** Its author has to be looked at before. */
export const isReadAtOrigin = (ports: Reading, { note }: ShareCandidate, { people }: Knowledge): boolean => note !== null && isNotAtHand(ports, people.get(note.attributedTo));

/** What the group says of it is not enough. */
export function isEditByOrigin(
  ports: Reading,
  candidate: EditCandidate,
  { note, standing, author, known }: { readonly note: RemoteNote; readonly standing: Status; readonly author: Account | undefined; readonly known: Knowledge },
): boolean {
  if (!isOfGroup(candidate, standing, known) || author === undefined || isNotAtHand(ports, author)) return true;
  const { isPlainlyAddressed, visibility } = addressedBy(note, author.followersUrl);
  return isPlainlyAddressed && isNarrower(visibility, standing.visibility);
}
