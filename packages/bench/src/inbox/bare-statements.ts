/** Tables like the real ones, indexes included, which the server knows nothing of. */
export const SHADOWS = `
  CREATE SCHEMA bare;
  CREATE TABLE bare.inbound (LIKE federation.inbound INCLUDING ALL);
  CREATE TABLE bare.receipts (LIKE federation.receipts INCLUDING ALL);
  CREATE TABLE bare.statuses (LIKE social.statuses INCLUDING ALL);
  CREATE TABLE bare.status_stats (LIKE social.status_stats INCLUDING ALL);
  CREATE TABLE bare.mentions (LIKE social.mentions INCLUDING ALL);
  CREATE TABLE bare.status_tags (LIKE social.status_tags INCLUDING ALL);
  CREATE TABLE bare.account_stats (LIKE social.account_stats INCLUDING ALL);
  CREATE TABLE bare.outbox (LIKE events.outbox INCLUDING ALL)`;

export const RECEIVE = { name: 'receive', text: `
  WITH incoming AS (
    SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[]) AS t (id, activity_id, type, actor, host, body)
  ), receipts AS (
    INSERT INTO bare.receipts (signer_host, activity_id, created_at) SELECT host, activity_id, now() FROM incoming ON CONFLICT DO NOTHING
  )
  INSERT INTO bare.inbound (id, activity_id, activity_type, actor_uri, signer_host, body)
  SELECT id, activity_id, type, actor, host, body FROM incoming` };

export const WAITING = {
  name: 'waiting',
  text: `SELECT id, body FROM bare.inbound WHERE state = 'stored' ORDER BY next_attempt_at LIMIT $1`,
};

/** Of those named or addressed, and of the authors. */
export const ACCOUNTS = {
  name: 'accounts',
  text: `
    SELECT a.id, a.uri, a.url, a.username, a.domain, a.followers_url, a.fetched_at, a.suspended_at, a.deleted_at, st.statuses_count
      FROM social.accounts a LEFT JOIN social.account_stats st ON st.account_id = a.id WHERE a.uri = ANY ($1::text[]) LIMIT $2`,
};

export const FOLLOWED = {
  name: 'followed',
  text: `
    SELECT asked.id FROM unnest($1::bigint[]) AS asked (id)
     CROSS JOIN LATERAL (
       SELECT FROM social.follows f JOIN social.accounts a ON a.id = f.account_id
        WHERE f.target_account_id = asked.id AND a.domain IS NULL AND a.suspended_at IS NULL AND a.deleted_at IS NULL LIMIT 1) AS follower
     LIMIT $2`,
};

export const LOCK = {
  name: 'lock',
  text: `SELECT pg_advisory_xact_lock(key) FROM (SELECT DISTINCT hashtextextended(uri, 0) AS key FROM unnest($1::text[]) AS uri ORDER BY key) AS keys`,
};

/** Status, counters of its own, mentions and tags. */
export const INSERT = {
  name: 'insert',
  text: `
    WITH made AS (
      INSERT INTO bare.statuses (
        id, account_id, uri, url, local, content, spoiler_text, sensitive, visibility, language, in_reply_to_id, in_reply_to_account_id,
        in_reply_to_uri, conversation_id, media, emojis, tags, created_at)
      SELECT r.id, r.account_id, r.uri, r.url, r.local, r.content, r.spoiler_text, r.sensitive, r.visibility, r.language, parent.id, parent.account_id,
             CASE WHEN parent.id IS NULL THEN r.in_reply_to_uri END, coalesce(parent.conversation_id, r.conversation_id), r.media, r.emojis, r.tags, r.created_at
        FROM json_to_recordset($1::json) AS r (
               id bigint, account_id bigint, uri text, url text, local boolean, content text, spoiler_text text, sensitive boolean, visibility text, language text,
               in_reply_to_uri text, conversation_id bigint, media jsonb, emojis jsonb, tags text[], created_at timestamptz)
        LEFT JOIN bare.statuses parent ON parent.uri = r.in_reply_to_uri
       WHERE NOT EXISTS (SELECT FROM social.tombstones t JOIN social.accounts a ON a.uri = t.actor_uri WHERE t.uri = r.uri AND a.id = r.account_id)
      ON CONFLICT DO NOTHING
      RETURNING id
    ), stats AS (
      INSERT INTO bare.status_stats (status_id) SELECT id FROM made
    ), named AS (
      INSERT INTO bare.mentions (status_id, account_id, silent)
      SELECT made.id, m.account_id, bool_and(m.silent)
        FROM made JOIN unnest($2::bigint[], $3::bigint[], $4::boolean[]) AS m (status_id, account_id, silent) ON m.status_id = made.id
       GROUP BY made.id, m.account_id
    ), tagged AS (
      INSERT INTO bare.status_tags (tag, status_id)
      SELECT t.tag, made.id FROM made JOIN unnest($5::bigint[], $6::text[]) AS t (status_id, tag) ON t.status_id = made.id
    )
    SELECT id FROM made`,
};

export const COUNT = {
  name: 'count',
  text: `
    INSERT INTO bare.account_stats AS st (account_id, statuses_count, last_status_at)
    SELECT account_id, count(*), max(published) FROM unnest($1::bigint[], $2::timestamptz[]) AS d (account_id, published) GROUP BY account_id ORDER BY account_id
    ON CONFLICT (account_id) DO UPDATE SET
      statuses_count = st.statuses_count + excluded.statuses_count, last_status_at = greatest(st.last_status_at, excluded.last_status_at)`,
};

export const TELL = {
  name: 'tell',
  text: `
    INSERT INTO bare.outbox (id, event_id, subject, payload, is_remote)
    SELECT id, event_id, 'status.published.v1', payload, true FROM unnest($1::bigint[], $2::uuid[], $3::jsonb[]) AS t (id, event_id, payload)`,
};

/** Answers that waited for one of these. */
export const ORPHANS = {
  name: 'orphans',
  text: `
    WITH orphans AS (
      SELECT s.id, parent.id AS parent_id, parent.account_id
        FROM unnest($1::text[], $2::bigint[], $3::bigint[]) AS parent (uri, id, account_id)
        JOIN bare.statuses s ON s.in_reply_to_uri = parent.uri ORDER BY s.id LIMIT 1000 FOR UPDATE OF s
    )
    UPDATE bare.statuses s SET in_reply_to_id = orphans.parent_id, in_reply_to_account_id = orphans.account_id, in_reply_to_uri = NULL
      FROM orphans WHERE s.id = orphans.id`,
};

export const SETTLE = {
  name: 'settle',
  text: `
    UPDATE bare.inbound i SET state = 'applied', reason = s.reason, applied_at = $3
      FROM unnest($1::bigint[], $2::text[]) AS s (id, reason) WHERE i.id = s.id AND i.state = 'stored'`,
};
