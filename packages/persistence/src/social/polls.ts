import { changeOf, type OwnAnswers, type Poll } from '@trunkline/domain';
import type { AccountId, Snowflake, StatusId } from '@trunkline/kernel';
import type { Ballot, DuePoll, PollVote, StatusPoll, VoteOutcome } from '@trunkline/social';
import { changed, type Queryable } from '../database.js';
import { jsonText, plainTextOrNull } from './safe-values.js';

const VOTES_READ_MAX = 500;

/** With the statuses that they belong to, in the same transaction. One that has ended already is never told of. */
export async function insertPolls(tx: Queryable, polls: readonly StatusPoll[]): Promise<void> {
  if (polls.length === 0) return;
  await tx.query(
    `INSERT INTO social.polls (status_id, multiple, hides_totals, options, votes, voters_count, ends_at, closed, ended_at)
     SELECT status_id, multiple, hides_totals, options, votes, voters_count, ends_at, closed,
            CASE WHEN closed OR ends_at <= now() THEN now() END
       FROM json_to_recordset($1::json) AS r (
              status_id bigint, multiple boolean, hides_totals boolean, options text[], votes bigint[], voters_count bigint,
              ends_at timestamptz, closed boolean)`,
    [jsonText(polls.map(columnsOf))],
  );
}

const columnsOf = ({ statusId, poll }: StatusPoll) => ({
  status_id: statusId,
  multiple: poll.multiple,
  hides_totals: poll.hidesTotals,
  options: poll.options.map(({ title }) => title),
  votes: poll.options.map(({ votes }) => votes),
  voters_count: poll.votersCount,
  ends_at: poll.endsAt,
  closed: poll.closed,
});

/**
 * What their own servers say now; the options are the same. One that was closed early, or that had no end, ended when it was
 * first told. Each status once.
 *
 * @returns those that stand otherwise than before
 */
export async function tellPolls(tx: Queryable, polls: readonly StatusPoll[]): Promise<Set<StatusId>> {
  if (polls.length === 0) return new Set();
  const rows = await tx.query<{ id: StatusId }>(
    `UPDATE social.polls p SET votes = told.votes, voters_count = told.voters_count, ends_at = told.ends_at, closed = told.closed
       FROM (SELECT r.status_id, r.votes, r.voters_count, r.closed,
                    CASE WHEN NOT r.closed THEN r.ends_at
                         WHEN known.closed THEN least(known.ends_at, r.ends_at) ELSE least(r.ends_at, now()) END AS ends_at
               FROM json_to_recordset($1::json) AS r (status_id bigint, votes bigint[], voters_count bigint, ends_at timestamptz, closed boolean)
               JOIN social.polls known ON known.status_id = r.status_id) AS told
      WHERE p.status_id = told.status_id
        AND (p.votes, p.voters_count, p.ends_at, p.closed) IS DISTINCT FROM (told.votes, told.voters_count, told.ends_at, told.closed)
     RETURNING p.status_id AS id`,
    [jsonText(polls.map(columnsOf))],
  );
  await changed(tx, rows.map(({ id }) => changeOf.status(id)));
  return new Set(rows.map(({ id }) => id));
}

/** Another poll takes the place of this one, or none does: votes on the former are worth nothing. */
export async function replacePoll(tx: Queryable, statusId: StatusId, poll: Poll | null): Promise<void> {
  await tx.query('DELETE FROM social.poll_votes WHERE status_id = $1', [statusId]);
  await tx.query('DELETE FROM social.polls WHERE status_id = $1', [statusId]);
  await insertPolls(tx, poll === null ? [] : [{ statusId, poll }]);
  await changed(tx, [changeOf.status(statusId)]);
}

/**
 * What people vote, in this order, many at once. Under the polls' locks, so that of votes that come at once each sees those before it.
 *
 * @returns what became of each
 */
export async function insertBallots(tx: Queryable, ballots: readonly Ballot[]): Promise<VoteOutcome[]> {
  if (ballots.length === 0) return [];
  const polls = await lockPolls(tx, [...new Set(ballots.map(({ statusId }) => statusId))]);
  const chosen = await choicesOf(tx, ballots);
  const told = new Map<StatusId, Told>();
  const fresh: FreshVote[] = [];
  const outcomes = ballots.map((ballot): VoteOutcome => {
    const { statusId, accountId, votes, more } = ballot;
    const poll = polls.get(statusId);
    const key = ballotKey(ballot);
    const before = chosen.get(key) ?? new Set<number>();
    if (poll === undefined) return 'unknown_poll';
    if (poll.ended) return 'poll_ended';
    if (votes.length === 0 || votes.some(({ choice }) => choice >= poll.options)) return 'unknown_choice';
    if (votes.length > 1 && !poll.multiple) return 'one_choice';
    const mine = votes.filter(({ choice }) => !before.has(choice));
    if (mine.length === 0 || (before.size > 0 && !(poll.multiple && more))) return 'voted_before';
    const sums = told.get(statusId) ?? { votes: Array.from({ length: poll.options }, () => 0), voters: 0 };
    told.set(statusId, sums);
    if (before.size === 0) sums.voters += 1;
    for (const { choice, id, uri } of mine) {
      sums.votes[choice] = (sums.votes[choice] ?? 0) + 1;
      fresh.push({ status_id: statusId, account_id: accountId, choice, id, uri: plainTextOrNull(uri) });
    }
    chosen.set(key, new Set([...before, ...mine.map(({ choice }) => choice)]));
    return 'voted';
  });
  if (fresh.length > 0) await countVotes(tx, fresh, told);
  return outcomes;
}

interface LockedPoll {
  readonly multiple: boolean;
  readonly options: number;
  readonly ended: boolean;
}

/** How many votes more each option of a poll has, and how many voters it. */
interface Told {
  readonly votes: number[];
  voters: number;
}

interface FreshVote {
  readonly status_id: StatusId;
  readonly account_id: AccountId;
  readonly choice: number;
  readonly id: Snowflake;
  readonly uri: string | null;
}

const ballotKey = ({ statusId, accountId }: Pick<Ballot, 'statusId' | 'accountId'>): string => `${statusId} ${accountId}`;

async function lockPolls(tx: Queryable, statusIds: readonly StatusId[]): Promise<ReadonlyMap<StatusId, LockedPoll>> {
  const rows = await tx.query<LockedPoll & { statusId: StatusId }>(
    `SELECT p.status_id AS "statusId", p.multiple, cardinality(p.options) AS options, p.closed OR coalesce(p.ends_at <= now(), false) AS ended
       FROM social.polls p JOIN social.statuses s ON s.id = p.status_id
      WHERE p.status_id = ANY($1::bigint[]) AND s.deleted_at IS NULL ORDER BY p.status_id LIMIT $2 FOR UPDATE OF p`,
    [statusIds, statusIds.length],
  );
  return new Map(rows.map(({ statusId, ...poll }) => [statusId, poll]));
}

async function countVotes(tx: Queryable, fresh: readonly FreshVote[], told: ReadonlyMap<StatusId, Told>): Promise<void> {
  await tx.query(
    `INSERT INTO social.poll_votes (status_id, account_id, choice, id, uri)
     SELECT v.status_id, v.account_id, v.choice, v.id, v.uri
       FROM json_to_recordset($1::json) AS v (status_id bigint, account_id bigint, choice smallint, id bigint, uri text)`,
    [jsonText(fresh)],
  );
  await tx.query(
    `UPDATE social.polls p
        SET votes = ARRAY(SELECT t.votes + more.votes FROM unnest(p.votes) WITH ORDINALITY AS t (votes, place)
                            JOIN unnest(told.votes) WITH ORDINALITY AS more (votes, place) USING (place) ORDER BY t.place),
            voters_count = p.voters_count + told.voters,
            untold_since = CASE WHEN s.local THEN coalesce(p.untold_since, now()) END
       FROM json_to_recordset($1::json) AS told (status_id bigint, votes bigint[], voters bigint) JOIN social.statuses s ON s.id = told.status_id
      WHERE p.status_id = told.status_id`,
    [jsonText([...told].map(([status_id, sums]) => ({ status_id, ...sums })))],
  );
  await changed(tx, [...told.keys()].map((id) => changeOf.status(id)));
}

/** By `ballotKey`; who has not voted is left out. */
async function choicesOf(tx: Queryable, ballots: readonly Ballot[]): Promise<Map<string, Set<number>>> {
  const rows = await tx.query<{ statusId: StatusId; accountId: AccountId; choices: number[] }>(
    `SELECT g.status_id AS "statusId", g.account_id AS "accountId",
            ARRAY(SELECT v.choice FROM social.poll_votes v WHERE v.status_id = g.status_id AND v.account_id = g.account_id LIMIT ${VOTES_READ_MAX}) AS choices
       FROM (SELECT DISTINCT status_id, account_id FROM unnest($1::bigint[], $2::bigint[]) AS g (status_id, account_id)) AS g LIMIT $3`,
    [ballots.map(({ statusId }) => statusId), ballots.map(({ accountId }) => accountId), ballots.length],
  );
  return new Map(rows.map((row) => [ballotKey(row), new Set(row.choices)]));
}

/** What the viewer voted for and reacted with; statuses without either are left out. */
export async function ownAnswers(db: Queryable, viewerId: AccountId, ids: readonly StatusId[]): Promise<Map<StatusId, OwnAnswers>> {
  if (ids.length === 0) return new Map();
  const rows = await db.query<{ id: StatusId; choices: number[]; reactions: string[] }>(
    `SELECT asked.id,
            ARRAY(SELECT v.choice FROM social.poll_votes v WHERE v.status_id = asked.id AND v.account_id = $1 ORDER BY v.choice LIMIT ${VOTES_READ_MAX}) AS choices,
            ARRAY(SELECT r.name FROM social.status_reactions r WHERE r.status_id = asked.id AND r.account_id = $1 ORDER BY r.id LIMIT ${VOTES_READ_MAX}) AS reactions
       FROM unnest($2::bigint[]) AS asked (id) LIMIT $3`,
    [viewerId, ids, ids.length],
  );
  return new Map(rows.map(({ id, ...answers }) => [id, { accountId: viewerId, ...answers }]));
}

/** A standing vote by the id in its uri. */
export async function voteById(db: Queryable, id: Snowflake): Promise<PollVote | null> {
  const [row] = await db.query<PollVote>(
    'SELECT status_id AS "statusId", account_id AS "accountId", choice FROM social.poll_votes WHERE id = $1 LIMIT 1',
    [id],
  );
  return row ?? null;
}

/** Who voted and lives here, in order of their ids. */
export async function votersHere(db: Queryable, statusId: StatusId, afterId: AccountId, limit: number): Promise<AccountId[]> {
  const rows = await db.query<{ id: AccountId }>(
    `SELECT DISTINCT v.account_id AS id FROM social.poll_votes v JOIN social.accounts a ON a.id = v.account_id
      WHERE v.status_id = $1 AND v.account_id > $2 AND a.domain IS NULL ORDER BY v.account_id LIMIT $3`,
    [statusId, afterId, limit],
  );
  return rows.map(({ id }) => id);
}

/**
 * Polls of which somebody has to be told: those that ended, and local ones with votes from before `untoldMs`. They count
 * as told. Several copies take different ones.
 */
export async function takeDuePolls(tx: Queryable, query: { readonly untoldMs: number; readonly limit: number }): Promise<DuePoll[]> {
  const rows = await tx.query<DuePoll>(
    `WITH due AS (
       (SELECT status_id, true AS ended FROM social.polls
         WHERE ended_at IS NULL AND ends_at IS NOT NULL AND ends_at <= now() ORDER BY ends_at LIMIT $2 FOR UPDATE SKIP LOCKED)
     ), untold AS (
       SELECT status_id FROM social.polls
        WHERE untold_since IS NOT NULL AND untold_since <= now() - $1 * interval '1 millisecond'
          AND status_id NOT IN (SELECT status_id FROM due) ORDER BY untold_since LIMIT $2 FOR UPDATE SKIP LOCKED
     ), taken AS (
       SELECT status_id, ended FROM due UNION ALL SELECT status_id, false FROM untold
     )
     UPDATE social.polls p
        SET untold_since = NULL, ended_at = CASE WHEN taken.ended THEN now() ELSE p.ended_at END
       FROM taken JOIN social.statuses s ON s.id = taken.status_id
      WHERE p.status_id = taken.status_id
     RETURNING p.status_id AS "statusId", s.account_id AS "authorId", s.local, taken.ended`,
    [query.untoldMs, query.limit],
  );
  await changed(tx, rows.filter(({ ended }) => ended).map(({ statusId }) => changeOf.status(statusId)));
  return rows;
}
