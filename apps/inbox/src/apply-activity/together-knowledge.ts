import { parseLocalUri } from '@trunkline/activitypub';
import type { Account, Status } from '@trunkline/domain';
import type { AccountId } from '@trunkline/kernel';
import { namedUris, peopleByUri } from '@trunkline/social';
import type { ApplyPorts } from './ports.js';
import { concerning } from './relevance.js';
import type { Candidate, EditCandidate } from './together-candidates.js';

/** What is here of all that candidates are about. */
export interface Knowledge {
  /** By uri: actors, and whom their posts name. */
  readonly people: ReadonlyMap<string, Account>;
  readonly statuses: ReadonlyMap<string, Status>;
  /** People of this server whom somebody follows, or does not any more. */
  readonly here: ReadonlyMap<AccountId, Account>;
  /** Boosters who are followed from here. */
  readonly followed: ReadonlySet<AccountId>;
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
  const targetIds = distinct(candidates.flatMap((one) => (one.kind === 'follow' || one.kind === 'unfollow' ? [one.targetId] : [])));
  const targets = targetIds.length === 0 ? [] : await store.accountsByIds(targetIds);
  const known = { people, statuses, here: new Map(targets.filter(({ domain }) => domain === null).map((account) => [account.id, account])) };
  return { ...known, followed: await followedBoosters(ports, candidates, people), stamps: await stampsAmong(ports, candidates, known), relevant: await relevantEdits(ports, candidates, known) };
}

const distinct = <T>(values: readonly T[]): T[] => [...new Set(values)];

const peopleOf = (one: Candidate): string[] => [one.row.actorUri, ...((one.kind === 'post' || one.kind === 'edit') && one.note.ok ? namedUris(one.note.value) : [])];

function statusesOf(one: Candidate): string[] {
  switch (one.kind) {
    case 'reaction':
      return [one.facts.uri];
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

async function followedBoosters(ports: ApplyPorts, candidates: readonly Candidate[], people: Knowledge['people']): Promise<ReadonlySet<AccountId>> {
  const boosters = candidates.flatMap((one) => (one.kind === 'reaction' && one.facts.kind === 'boost' && !isOurStatus(ports, one.facts.uri) ? (people.get(one.row.actorUri)?.id ?? []) : []));
  return boosters.length === 0 ? new Set() : ports.store.followedHere(distinct(boosters));
}

export const isOurStatus = (ports: Pick<ApplyPorts, 'settings'>, uri: string): boolean => parseLocalUri(ports.settings.baseUrl, uri)?.kind === 'status';

type Found = Pick<Knowledge, 'people' | 'statuses'>;

function stampsAmong(ports: ApplyPorts, candidates: readonly Candidate[], { people, statuses }: Found): Promise<ReadonlySet<string>> {
  return ports.store.namedStamps(distinct(candidates.flatMap((one) => (one.kind === 'end' && one.uri !== null && people.has(one.row.actorUri) && !statuses.has(one.uri) ? [one.uri] : []))));
}

async function relevantEdits(ports: ApplyPorts, candidates: readonly Candidate[], { people, statuses }: Found): Promise<ReadonlySet<EditCandidate>> {
  const arrivals = candidates.flatMap((one) =>
    one.kind === 'edit' && one.note.ok && !statuses.has(one.note.value.uri) ? [{ one, author: people.get(one.row.actorUri) ?? null, note: one.note.value }] : [],
  );
  return arrivals.length === 0 ? new Set() : new Set([...(await concerning(ports, arrivals))].map(({ one }) => one));
}
