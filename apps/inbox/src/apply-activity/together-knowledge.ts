import { parseLocalUri } from '@trunkline/activitypub';
import type { Account, Status } from '@trunkline/domain';
import type { AccountId, StatusId } from '@trunkline/kernel';
import { namedUris, peopleByUri } from '@trunkline/social';
import { senderOf, type Candidate, type EditCandidate } from './candidate-kinds.js';
import type { ApplyPorts } from './ports.js';
import { concerning } from './relevance.js';

/** What is here of all that candidates are about. */
export interface Knowledge {
  /** By uri: actors, and whom their posts name. */
  readonly people: ReadonlyMap<string, Account>;
  readonly statuses: ReadonlyMap<string, Status>;
  /** People of this server whom somebody follows or blocks, or does not any more. */
  readonly here: ReadonlyMap<AccountId, Account>;
  /** Boosters, and groups, who are followed from here. */
  readonly followed: ReadonlySet<AccountId>;
  /** What groups show of what they speak of: see `shownKey`. */
  readonly shown: ReadonlySet<string>;
  /** What ends, is not here as a post, and is the stamp of a quote. */
  readonly stamps: ReadonlySet<string>;
  /** Edits of what is not here that concern somebody here. */
  readonly relevant: ReadonlySet<EditCandidate>;
}

/** Each table is asked once, and only when a candidate is about it. */
export async function lookUp(ports: ApplyPorts, candidates: readonly Candidate[]): Promise<Knowledge> {
  const { store } = ports;
  const people = peopleByUri(await store.accountsByUris(distinct(candidates.flatMap(peopleOf))));
  const statusUris = distinct(candidates.flatMap(statusesOf));
  const statuses = new Map(statusUris.length === 0 ? [] : (await store.statusesByUris(statusUris)).map((status) => [status.uri, status]));
  const targetIds = distinct(candidates.flatMap((one) => ('targetId' in one ? [one.targetId] : [])));
  const targets = targetIds.length === 0 ? [] : await store.accountsByIds(targetIds);
  const known = { people, statuses, here: new Map(targets.filter(({ domain }) => domain === null).map((account) => [account.id, account])) };
  return { ...known, followed: await followedSenders(ports, candidates, people), shown: await shownByGroups(ports, candidates, known), stamps: await stampsAmong(ports, candidates, known), relevant: await relevantEdits(ports, candidates, known) };
}

const distinct = <T>(values: readonly T[]): T[] => [...new Set(values)];

function peopleOf(one: Candidate): string[] {
  const [sender, speaker] = [senderOf(one), one.row.actorUri];
  if (one.kind === 'share' && one.note !== null) return [sender, one.note.attributedTo, ...namedUris(one.note)];
  return [sender, speaker, ...((one.kind === 'post' || one.kind === 'edit') && one.note.ok ? namedUris(one.note.value) : [])];
}

function statusesOf(one: Candidate): string[] {
  switch (one.kind) {
    case 'reaction':
    case 'unreact':
      return [one.facts.uri];
    case 'share':
    case 'withdraw':
      return [one.uri];
    case 'vote':
      return [one.facts.questionUri];
    case 'edit':
      return one.note.ok ? [one.note.value.uri] : [];
    case 'end':
      return [one.uri, one.boostedUri].filter((uri) => uri !== null);
    case 'unlike':
      return [one.statusUri];
    default:
      return [];
  }
}

async function followedSenders(ports: ApplyPorts, candidates: readonly Candidate[], people: Knowledge['people']): Promise<ReadonlySet<AccountId>> {
  const isAsked = (one: Candidate): boolean => (one.passedOn === null ? one.kind === 'reaction' && one.facts.kind === 'boost' && !isOurStatus(ports, one.facts.uri) : !one.passedOn.isAboutOurs);
  const senders = candidates.flatMap((one) => (isAsked(one) ? (people.get(senderOf(one))?.id ?? []) : []));
  return senders.length === 0 ? new Set() : ports.store.followedHere(distinct(senders));
}

/** The group's boost of a post. */
export const shownKey = (groupId: AccountId, statusId: StatusId): string => `${groupId} ${statusId}`;

async function shownByGroups({ store }: ApplyPorts, candidates: readonly Candidate[], { people, statuses }: Found): Promise<ReadonlySet<string>> {
  const pairs = candidates.flatMap((one) => {
    if (one.passedOn === null || (one.kind !== 'withdraw' && one.kind !== 'edit')) return [];
    const [group, status] = [people.get(one.passedOn.groupUri), statuses.get(one.kind === 'withdraw' ? one.uri : one.note.ok ? one.note.value.uri : '')];
    return group === undefined || status === undefined ? [] : [status.id, status.conversationId].map((statusId) => ({ accountId: group.id, statusId }));
  });
  return pairs.length === 0 ? new Set() : new Set((await store.boostsBetween(pairs)).map(({ accountId, statusId }) => shownKey(accountId, statusId)));
}

export const isOurStatus = (ports: Pick<ApplyPorts, 'settings'>, uri: string): boolean => parseLocalUri(ports.settings.baseUrl, uri)?.kind === 'status';

type Found = Pick<Knowledge, 'people' | 'statuses'>;

function stampsAmong(ports: ApplyPorts, candidates: readonly Candidate[], { people, statuses }: Found): Promise<ReadonlySet<string>> {
  return ports.store.namedStamps(distinct(candidates.flatMap((one) => (one.kind === 'end' && one.uri !== null && people.has(one.row.actorUri) && !statuses.has(one.uri) ? [one.uri] : []))));
}

async function relevantEdits(ports: ApplyPorts, candidates: readonly Candidate[], { people, statuses }: Found): Promise<ReadonlySet<EditCandidate>> {
  const arrivals = candidates.flatMap((one) =>
    one.kind === 'edit' && one.passedOn === null && one.note.ok && !statuses.has(one.note.value.uri) ? [{ one, author: people.get(one.row.actorUri) ?? null, note: one.note.value }] : [],
  );
  return arrivals.length === 0 ? new Set() : new Set([...(await concerning(ports, arrivals))].map(({ one }) => one));
}
