import { nowDate, type Clock, type StatusId } from '@trunkline/kernel';
import type { Queryable } from '../database.js';

/** Seconds from one look at an open quote to the next, the first after it came: eight looks over three days. */
const WAITS = [60, 600, 3_600, 21_600, 86_400, 86_400, 86_400];
/** Open quotes considered at once, and of those that name one host the ones looked at. */
const WAITING_MAX = 500;
const PER_HOST_MAX = 4;
/** The others of a host come up again after these. They have not been looked at. */
const PUT_OFF_SECONDS = 120;

/**
 * social.quotes whose post or stamp could not be had: looked at again by whichever copy comes first. A claim moves the next
 * turn ahead, so that a process that dies needs no cleaning up after; who finds out anything takes the row off the list
 * (`changeQuote`). Times are the clock port's.
 */
export class QuoteLooks {
  constructor(
    private readonly db: Queryable,
    private readonly clock: Clock,
  ) {}

  /** Quoting statuses whose turn it is, a few of each host that has to be asked. */
  async claim(limit: number): Promise<StatusId[]> {
    const now = nowDate(this.clock);
    const rows = await this.db.query<{ id: StatusId; chosen: boolean }>(
      `WITH waiting AS (
         SELECT status_id, split_part(coalesce(stamp_uri, quoted_uri), '/', 3) AS host, next_look_at FROM social.quotes
          WHERE next_look_at <= $1 ORDER BY next_look_at LIMIT ${WAITING_MAX}
       ), placed AS (
         SELECT status_id, row_number() OVER (PARTITION BY host ORDER BY next_look_at, status_id) AS of_host, row_number() OVER (ORDER BY next_look_at, status_id) AS of_all FROM waiting
       ), due AS (
         SELECT q.status_id, p.of_host <= ${PER_HOST_MAX} AS chosen FROM social.quotes q JOIN placed p ON p.status_id = q.status_id
          WHERE q.next_look_at <= $1 AND (p.of_host > ${PER_HOST_MAX} OR p.of_all <= $2)
          ORDER BY q.status_id FOR UPDATE OF q SKIP LOCKED
       )
       UPDATE social.quotes q
          SET looks = CASE WHEN due.chosen THEN q.looks + 1 ELSE q.looks END,
              next_look_at = CASE WHEN NOT due.chosen THEN $1::timestamptz + make_interval(secs => ${PUT_OFF_SECONDS})
                                  ELSE $1::timestamptz + make_interval(secs => ($3::int[])[q.looks + 1]) END
         FROM due WHERE q.status_id = due.status_id
       RETURNING q.status_id AS id, due.chosen`,
      [now, limit, WAITS],
    );
    return rows.filter(({ chosen }) => chosen).map(({ id }) => id);
  }
}
