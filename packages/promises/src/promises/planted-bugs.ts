import { setTimeout as sleep } from 'node:timers/promises';
import { bugMark, BUGS } from '@trunkline/platform';
import { remoteOf } from '../load/cast.js';
import type { Round } from '../round.js';

/** All poison of one round together ends before the operator within this; most of it is the hold of a row that may end its process. */
const SET_APART_MS_MAX = 420_000;
const LOOK_EVERY_MS = 500;
/** What the server does before it gives one up: it fails so often, or its process ends so often while it is applied (DEFAULTS.triesMax of apply-batch.ts, BEGUN_MAX of suspects.ts in apps/inbox). */
const TRIES_MIN = 8;
const BEGUN_MIN = 3;

/** What was sent: the ids of activities that go wrong while the bug is there. */
export interface Planted {
  readonly activityIds: readonly string[];
  mend(): Promise<void>;
}

/** The inbox has a bug from now on, and for each way to go wrong somebody sends a post that meets it. They are signed and fine in every other respect. */
export async function plantBugs(round: Round): Promise<Planted> {
  const mend = await round.stage.plantBug('inbox');
  const remote = remoteOf(round.people, round.people.cast.remotes[2] ?? '');
  const activityIds: string[] = [];
  for (const bug of BUGS) {
    const activity = remote.person.create(remote.person.note(`${nameOf(round)} ${bugMark(bug)}`));
    const answer = await remote.sendActivity(`${round.stage.split.url}/inbox`, activity).catch(() => null);
    // An inbox that already suffers from the one before may be away; only what it took it has to set apart.
    if (answer !== null && answer.status < 300) activityIds.push(activity.id);
  }
  round.history.note(`${activityIds.length} activities meet the bug`);
  if (activityIds.length === 0) round.violate('no activity that meets the bug was taken');
  return { activityIds, mend };
}

const nameOf = (round: Round): string => `bug ${round.options.name}`;

/** Each ends dead with a reason, after its tries. What waits for another try waits no longer; who is in somebody's hands is left there. */
export async function untilBugsAreSetApart(round: Round, { activityIds }: Planted): Promise<void> {
  const { db } = round.stage;
  await round.inTime('all that meet the bug to be set apart', SET_APART_MS_MAX, async () => {
    await hurry(round);
    await sleep(LOOK_EVERY_MS);
    const left = await db.query<{ state: string; attempts: number; begun: number; activityId: string }>(
      `SELECT activity_id AS "activityId", state, attempts, begun FROM federation.inbound
        WHERE activity_id = ANY($1) AND NOT (state = 'dead' AND reason <> '') LIMIT 100`,
      [activityIds],
    );
    if (left.length > 0) throw new Error(JSON.stringify(left));
    return true;
  });
  const rows = await db.query<{ reason: string; attempts: number; begun: number }>(
    'SELECT reason, attempts, begun FROM federation.inbound WHERE activity_id = ANY($1) ORDER BY id LIMIT 100',
    [activityIds],
  );
  round.history.note(`set apart: ${rows.map(({ reason, attempts, begun }) => `${reason} (${attempts} tries before, begun ${begun} times)`).join('; ')}`);
  for (const { reason, attempts, begun } of rows) {
    // The last try of those that fail is not counted as one more to come.
    if (attempts + 1 < TRIES_MIN && begun < BEGUN_MIN) round.violate(`"${reason}" was given up after ${attempts + 1} tries, begun ${begun} times`);
  }
}

/** The time between tries passes at once; of the time for which a row is held, what is longer than any row takes. */
export const hurry = (round: Round): Promise<unknown> =>
  round.stage.db.query(
    `UPDATE federation.inbound SET next_attempt_at = now() - interval '1 minute'
      WHERE state = 'stored' AND ((begun = 0 AND attempts > 0 AND next_attempt_at > now()) OR (begun > 1 AND next_attempt_at BETWEEN now() AND now() + interval '25 seconds'))`,
  );

/** After the fix and the operator's replay: every one of them is applied, once. */
export async function untilMendedOnesAreApplied(round: Round, { activityIds }: Planted): Promise<void> {
  await round.inTime('what met the bug to be applied', SET_APART_MS_MAX, async () => {
    await sleep(LOOK_EVERY_MS);
    const [row] = await round.stage.db.query<{ posts: number; dead: number }>(
      `SELECT (SELECT count(*)::int FROM social.statuses WHERE content LIKE $1) AS posts, (SELECT count(*)::int FROM federation.inbound WHERE activity_id = ANY($2) AND state = 'dead') AS dead`,
      [`%${nameOf(round)} %`, activityIds],
    );
    if (row === undefined || row.posts < activityIds.length || row.dead > 0) throw new Error(`${row?.posts} of ${activityIds.length} are posts, ${row?.dead} are dead`);
    if (row.posts > activityIds.length) round.violate(`${row.posts} posts were made of ${activityIds.length}`);
    return true;
  });
}
