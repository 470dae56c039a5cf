/*
 * Statements of DeliveryStore. An earlier delivery of the same order key is one with a smaller body id: bodies are
 * made under the key's lock.
 */

// A chunk whose predecessors are closed sees their failures among the retries: both are one transaction.
export const CLAIM_CHUNKS = `
  WITH due AS (
    SELECT c.id FROM federation.delivery_chunks c
     WHERE c.state = 'pending' AND c.not_before <= $1
       AND NOT EXISTS (SELECT 1 FROM federation.delivery_chunks e
                        WHERE e.state = 'pending' AND e.order_key = c.order_key AND e.body_id < c.body_id)
     ORDER BY c.not_before
     LIMIT $2
       FOR UPDATE SKIP LOCKED
  ), claimed AS (
    UPDATE federation.delivery_chunks c SET not_before = $3, attempts = least(c.attempts + 1, 32000)
      FROM due WHERE c.id = due.id
    RETURNING c.id, c.body_id, c.inboxes, c.attempts, c.order_key
  )
  SELECT c.id, c.body_id AS "bodyId", c.inboxes, c.attempts, b.activity_id AS "activityId",
         b.sender_account_id AS "senderAccountId", b.body, b.trace, b.sync_followers AS "syncFollowers",
         ARRAY(SELECT r.inbox FROM federation.delivery_retries r
                WHERE r.state = 'pending' AND r.order_key = c.order_key AND r.inbox = ANY(c.inboxes) AND r.body_id < c.body_id
              ) AS "heldInboxes"
    FROM claimed c JOIN federation.delivery_bodies b ON b.id = c.body_id
   ORDER BY c.id`;

// The row locks of the chunks come first, so two workers with the same chunk cannot both add its failures. A chunk with
// inboxes left keeps those alone, and its lease runs on.
export const SETTLE_CHUNKS = `
  WITH told AS (
    SELECT t.id, t.waiting FROM unnest($1::bigint[], $2::jsonb[]) AS t (id, waiting)
  ), settled AS (
    UPDATE federation.delivery_chunks c
       SET state = CASE WHEN t.waiting IS NULL THEN 'done' ELSE 'pending' END,
           done_at = CASE WHEN t.waiting IS NULL THEN $3::timestamptz END,
           not_before = CASE WHEN t.waiting IS NULL THEN c.not_before ELSE $4::timestamptz END,
           inboxes = CASE WHEN t.waiting IS NULL THEN c.inboxes ELSE ARRAY(SELECT jsonb_array_elements_text(t.waiting)) END
      FROM told t
     WHERE c.id = t.id AND c.id = ANY($1) AND c.state = 'pending'
    RETURNING c.id, c.body_id, c.order_key, t.waiting IS NULL AS closed
  ), failures AS (
    INSERT INTO federation.delivery_retries
      (id, body_id, inbox, host, state, attempts, not_before, last_status, last_reason, created_at, finished_at, order_key)
    SELECT t.id, settled.body_id, t.inbox, t.host, CASE WHEN t.not_before IS NULL THEN 'dead' ELSE 'pending' END, t.attempts,
           greatest(coalesce(t.not_before, $3), (
             SELECT max(e.not_before) FROM federation.delivery_retries e
              WHERE e.state = 'pending' AND e.order_key = settled.order_key AND e.inbox = t.inbox AND e.body_id < settled.body_id)),
           t.status, t.reason, $3, CASE WHEN t.not_before IS NULL THEN $3 END, settled.order_key
      FROM settled
      JOIN unnest($5::bigint[], $6::bigint[], $7::text[], $8::text[], $9::smallint[], $10::text[], $11::timestamptz[], $12::smallint[])
             AS t (chunk_id, id, inbox, host, status, reason, not_before, attempts) ON t.chunk_id = settled.id
     WHERE NOT EXISTS (SELECT 1 FROM federation.delivery_retries r
                        WHERE r.body_id = settled.body_id AND r.inbox = t.inbox AND r.state = 'pending')
  )
  SELECT id FROM settled WHERE closed`;

export const CLAIM_RETRIES = `
  WITH due AS (
    SELECT r.id FROM federation.delivery_retries r
     WHERE r.state = 'pending' AND r.not_before <= $1 AND r.host <> ALL($4::text[])
       AND NOT EXISTS (SELECT 1 FROM federation.delivery_retries e
                        WHERE e.state = 'pending' AND e.order_key = r.order_key AND e.inbox = r.inbox AND e.body_id < r.body_id)
     ORDER BY r.not_before
     LIMIT $2
       FOR UPDATE SKIP LOCKED
  ), claimed AS (
    UPDATE federation.delivery_retries r SET not_before = $3, attempts = least(r.attempts + 1, 32000)
      FROM due WHERE r.id = due.id
    RETURNING r.id, r.body_id, r.inbox, r.host, r.attempts
  )
  SELECT c.id, c.body_id AS "bodyId", c.inbox, c.host, c.attempts, b.activity_id AS "activityId",
         b.sender_account_id AS "senderAccountId", b.body, b.trace, b.sync_followers AS "syncFollowers"
    FROM claimed c JOIN federation.delivery_bodies b ON b.id = c.body_id
   ORDER BY c.body_id, c.id`;

// Who waits in order behind a settled row gets its time: due now when it is over, later when it comes again.
export const SETTLE_RETRIES = `
  WITH settled AS (
    UPDATE federation.delivery_retries r
       SET state = t.state, not_before = coalesce(t.not_before, r.not_before), last_status = t.status, last_reason = t.reason,
           attempts = greatest(r.attempts - t.unsent, 0),
           finished_at = CASE WHEN t.state = 'pending' THEN NULL ELSE $6::timestamptz END
      FROM unnest($1::bigint[], $2::text[], $3::timestamptz[], $4::smallint[], $5::text[], $7::smallint[])
             AS t (id, state, not_before, status, reason, unsent)
     WHERE r.id = t.id AND r.id = ANY($1) AND r.state = 'pending'
    RETURNING r.id, r.state, r.inbox, r.order_key, r.body_id, r.not_before
  )
  UPDATE federation.delivery_retries f
     SET not_before = CASE WHEN s.state = 'pending' THEN greatest(f.not_before, s.not_before) ELSE $6::timestamptz END
    FROM settled s
   WHERE f.state = 'pending' AND f.order_key = s.order_key AND f.inbox = s.inbox AND f.body_id > s.body_id`;

// In the order of planning, told apart by microseconds, since claims go by time. Rows in somebody's hand are due within a lease.
export const CATCH_UP = `
  WITH chosen AS (
    SELECT id, body_id FROM federation.delivery_retries
     WHERE host = $1
       AND ((state = 'pending' AND not_before > $3)
         OR ($4 AND state = 'dead' AND (last_status IS NULL OR last_status >= 500 OR last_status IN (401, 408, 425, 429))))
     ORDER BY body_id, id
     LIMIT $5
       FOR UPDATE SKIP LOCKED
  ), placed AS (
    SELECT id, $6 + row_number() OVER (ORDER BY body_id, id) AS place FROM chosen
  )
  UPDATE federation.delivery_retries r
     SET state = 'pending', attempts = CASE WHEN r.state = 'dead' THEN 1 ELSE r.attempts END, finished_at = NULL,
         not_before = $2::timestamptz + p.place * interval '1 microsecond'
    FROM placed p
   WHERE r.id = p.id
  RETURNING r.id`;

// What was answered 410 and nobody has looked after.
export const TAKE_GONE = `
  UPDATE federation.delivery_retries SET last_reason = 'gone, looked after'
   WHERE id = ANY(ARRAY(
     SELECT id FROM federation.delivery_retries
      WHERE state = 'dead' AND last_status = 410 AND last_reason = 'gone'
      ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED))
  RETURNING inbox`;
