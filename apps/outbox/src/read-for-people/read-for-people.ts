import { hostOf, sameHost } from '@trunkline/activitypub';
import type { Account } from '@trunkline/domain';
import { isTransient, type FetchedObject, type FetchFailure } from '@trunkline/federation-client';
import type { AccountId, Result } from '@trunkline/kernel';
import type { PersonalAnswer, PersonalReading, PersonalReadingAsked } from '@trunkline/persistence';
import { registrableDomain } from '@trunkline/social';

export interface ReadForPeoplePorts {
  readonly accountsByIds: (ids: readonly AccountId[]) => Promise<readonly Account[]>;
  /** People here whom it may be shown to, the likeliest first. */
  readonly readersOf: (asked: Pick<PersonalReadingAsked, 'authorId' | 'named'>, limit: number) => Promise<readonly AccountId[]>;
  /** Whether one more may be read at this registrable domain now. */
  readonly mayReadAt: (domain: string) => Promise<boolean>;
  /** Whether one more may be read in this person's name now, there and at all. */
  readonly mayReadAs: (readerId: AccountId, domain: string) => Promise<boolean>;
  readonly fetchAs: (readerId: AccountId, uri: string) => Promise<Result<FetchedObject, FetchFailure>>;
}

/** Looked at; and in whose names one address is asked for. */
const READERS_MAX = 8;
const ASKED_MAX = 2;

const refused = (reason: string): PersonalAnswer => ({ state: 'refused', reason });
const away = (reason: string): PersonalAnswer => ({ state: 'away', reason });

/**
 * Reads one document in the name of somebody here. Whoever asked has no keys, and faces the internet: what may be read is judged again, by
 * what Postgres says of author and readers. Only on the author's own host, and no more than so much an hour.
 */
export async function readForPeople(ports: ReadForPeoplePorts, reading: PersonalReading): Promise<PersonalAnswer> {
  const { uri, authorId } = reading;
  const [author] = await ports.accountsByIds([authorId]);
  if (author === undefined || !isAt(uri, author)) return refused('not_its_author');
  const readers = await ports.readersOf(reading, READERS_MAX);
  if (readers.length === 0) return refused('no_reader');
  const domain = registrableDomain(hostOf(uri) ?? '');
  if (!(await ports.mayReadAt(domain))) return away('busy');
  let answer = away('busy');
  let asked = 0;
  for (const readerId of readers) {
    if (asked === ASKED_MAX) break;
    if (!(await ports.mayReadAs(readerId, domain))) continue;
    asked += 1;
    const found = await ports.fetchAs(readerId, uri);
    if (found.ok) return { state: 'read', document: JSON.stringify(found.value.object) };
    answer = isTransient(found.error) ? away(found.error.code) : refused(found.error.code);
    if (!isForOthers(found.error)) break;
  }
  return answer;
}

const isAt = (uri: string, author: Account): boolean =>
  author.domain !== null && author.deletedAt === null && author.suspendedAt === null && sameHost(uri, author.uri);

/** It may be shown to somebody else. */
const isForOthers = ({ code, status }: FetchFailure): boolean => code === 'not_found' || status === 401 || status === 403;
