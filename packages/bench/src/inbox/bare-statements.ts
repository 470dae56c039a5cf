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

export const RECEIVE = `
  WITH incoming AS (
    SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[]) AS t (id, activity_id, type, actor, host, body)
  ), receipts AS (
    INSERT INTO bare.receipts (signer_host, activity_id, created_at) SELECT host, activity_id, now() FROM incoming ON CONFLICT DO NOTHING
  )
  INSERT INTO bare.inbound (id, activity_id, activity_type, actor_uri, signer_host, body)
  SELECT id, activity_id, type, actor, host, body FROM incoming`;

export const WAITING = `SELECT id, body FROM bare.inbound WHERE state = 'stored' ORDER BY next_attempt_at LIMIT $1`;

/** Everything a Create leaves behind, for a whole batch. */
export const APPLY = `
  WITH incoming AS (
    SELECT t.*, a.id AS account_id
      FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::jsonb[], $7::text[], $9::uuid[], $10::jsonb[])
             AS t (id, author, uri, content, published, media, tag, event_id, event)
      JOIN social.accounts a ON a.uri = t.author
  ), made AS (
    INSERT INTO bare.statuses (id, account_id, uri, url, local, content, visibility, conversation_id, media, tags, created_at)
    SELECT id, account_id, uri, uri, false, content, 'public', id, media, ARRAY[tag], published FROM incoming ORDER BY uri
    ON CONFLICT DO NOTHING
    RETURNING id
  ), stats AS (
    INSERT INTO bare.status_stats (status_id) SELECT id FROM made
  ), named AS (
    INSERT INTO bare.mentions (status_id, account_id) SELECT id, $8::bigint FROM made
  ), tagged AS (
    INSERT INTO bare.status_tags (tag, status_id) SELECT tag, id FROM incoming
  ), counted AS (
    INSERT INTO bare.account_stats AS st (account_id, statuses_count, last_status_at)
    SELECT account_id, count(*), max(published) FROM incoming GROUP BY account_id ORDER BY account_id
    ON CONFLICT (account_id) DO UPDATE SET statuses_count = st.statuses_count + excluded.statuses_count, last_status_at = excluded.last_status_at
  ), told AS (
    INSERT INTO bare.outbox (id, event_id, subject, payload) SELECT id, event_id, 'status.published.v1', event FROM incoming
  )
  UPDATE bare.inbound SET state = 'applied', applied_at = now() WHERE id = ANY ($1)`;
