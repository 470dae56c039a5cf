import type { Queryable } from '@trunkline/persistence';

/** Ids of the last hour, in today's partitions: `n` counts from 1. */
const RECENT = `((extract(epoch FROM now())::bigint * 1000 - n * 100) << 16)`;

/** Rows for the tables that grow with a server, a few ten thousand each: so many that the planner reads none of them whole while an index serves. */
const ROWS: readonly string[] = [
  `INSERT INTO social.accounts (id, username, domain, uri, url, display_name, inbox_url, shared_inbox_url)
   SELECT n, 'u' || n, CASE WHEN n % 4 > 0 THEN 'h' || n % 500 || '.example' END, 'seed:a' || n, '', 'U ' || n, 'seed:i' || n, 'seed:h' || n % 500 FROM generate_series(1, 20000) AS n`,
  `INSERT INTO social.account_stats (account_id) SELECT n FROM generate_series(1, 20000) AS n ON CONFLICT DO NOTHING`,
  `INSERT INTO social.statuses (id, account_id, uri, url, local, content, visibility, in_reply_to_id, in_reply_to_uri, boost_of_id, conversation_id, media, created_at)
   SELECT n, 1 + n % 20000, 'seed:s' || n, '', n % 4 = 0, repeat('x', 200), 'public', CASE WHEN n % 5 = 1 THEN n / 2 END, CASE WHEN n % 50 = 2 THEN 'seed:lost' || n END,
          CASE WHEN n % 5 = 3 THEN 1 + n / 3 END, n, '[]', now() FROM generate_series(1, 40000) AS n`,
  `INSERT INTO social.quotes (status_id, quoted_status_id, quoted_uri, state, stamp_uri, legacy)
   SELECT n, 1 + n % 39983, 'seed:s' || n, 'accepted', 'seed:q' || n, false FROM generate_series(1, 30000) AS n`,
  `INSERT INTO social.status_stats (status_id) SELECT n FROM generate_series(1, 40000) AS n`,
  `INSERT INTO social.status_tags (tag, status_id) SELECT 't' || n % 300, n FROM generate_series(1, 40000) AS n`,
  `INSERT INTO social.mentions (status_id, account_id) SELECT n, 1 + n * 7 % 20000 FROM generate_series(1, 40000) AS n`,
  ...['follows', 'follow_requests', 'blocks', 'mutes'].map(
    (table) => `INSERT INTO social.${table} (id, account_id, target_account_id) SELECT n, 1 + n % 20000, 1 + n * 13 % 19997 FROM generate_series(1, 30000) AS n ON CONFLICT DO NOTHING`,
  ),
  ...['favourites', 'bookmarks', 'pins'].map(
    (table) => `INSERT INTO social.${table} (id, account_id, status_id) SELECT n, 1 + n % 20000, 1 + n * 11 % 39983 FROM generate_series(1, 30000) AS n ON CONFLICT DO NOTHING`,
  ),
  `INSERT INTO social.polls (status_id, multiple, options, votes, ends_at, ended_at) SELECT n, false, '{a,b}', '{0,0}', now(), now() FROM generate_series(1, 20000) AS n`,
  `INSERT INTO social.poll_votes (status_id, account_id, choice, id) SELECT n, 1 + n % 19997, 0, n FROM generate_series(1, 20000) AS n`,
  `INSERT INTO social.status_reactions (status_id, account_id, name, id) SELECT n, 1 + n % 19997, 'x', n FROM generate_series(1, 20000) AS n`,
  `INSERT INTO social.reaction_counts (status_id, name, count) SELECT n, 'x', 1 FROM generate_series(1, 20000) AS n`,
  `INSERT INTO social.remote_emojis (host, shortcode, url, static_url, updated_at) SELECT 'h' || n % 500 || '.example', 'e' || n, '', '', now() FROM generate_series(1, 20000) AS n`,
  `INSERT INTO social.tombstones (uri, actor_uri) SELECT 'seed:x' || n, '' FROM generate_series(1, 20000) AS n`,
  `INSERT INTO social.interaction_rules (status_id, rules) SELECT n, 65537 FROM generate_series(1, 20000) AS n`,
  `INSERT INTO social.reply_stamps (status_id, stamp_uri, state) SELECT n, 'seed:r' || n, 'accepted' FROM generate_series(1, 20000) AS n`,
  `INSERT INTO social.asked_interactions (interaction_id, what, account_id, status_id, state, by_request) SELECT n, 'reply', 1 + n % 20000, n, 'accepted', true FROM generate_series(1, 20000) AS n`,
  `INSERT INTO federation.inbound (id, activity_id, activity_type, actor_uri, signer_host, body, state, applied_at)
   SELECT ${RECENT}, 'seed:' || n, 'Create', 'seed:a' || n, 'h' || n % 500, repeat('x', 200), 'applied', now() FROM generate_series(1, 30000) AS n`,
  // Few are open at any time.
  `INSERT INTO federation.personal_readings (uri, author_id, named, domain, state, not_before, asked_at)
   SELECT 'seed:p' || n, n, '{}', 'h' || n % 500 || '.example', CASE WHEN n % 100 = 0 THEN 'waiting' ELSE 'refused' END, now(), now() FROM generate_series(1, 20000) AS n`,
  `INSERT INTO federation.receipts (signer_host, activity_id) SELECT 'h' || n % 500, 'seed:' || n FROM generate_series(1, 30000) AS n`,
  `INSERT INTO federation.remote_keys (key_id, owner_uri, public_key_pem) SELECT 'seed:k' || n, 'seed:a' || n, repeat('x', 400) FROM generate_series(1, 20000) AS n`,
  `INSERT INTO federation.hosts (host) SELECT 'h' || n || '.example' FROM generate_series(1, 20000) AS n`,
  `INSERT INTO federation.delivery_bodies (id, activity_id, sender_account_id, body) SELECT ${RECENT}, 'seed:' || n, 1, repeat('x', 200) FROM generate_series(1, 20000) AS n`,
  `INSERT INTO federation.delivery_chunks (id, body_id, inboxes, state, done_at) SELECT ${RECENT}, ${RECENT}, ARRAY['seed:i' || n], 'done', now() FROM generate_series(1, 20000) AS n`,
  `INSERT INTO federation.delivery_retries (id, body_id, inbox, host, state, not_before) SELECT ${RECENT}, ${RECENT}, 'seed:i' || n, 'h' || n % 500, 'done', now() FROM generate_series(1, 20000) AS n`,
  `INSERT INTO events.outbox (id, event_id, subject, payload, published_at, settled_at)
   SELECT ${RECENT}, md5('seed' || n)::uuid, 'status.published.v1', '{}', now(), now() FROM generate_series(1, 40000) AS n`,
  `INSERT INTO events.done (event_id, consumer) SELECT md5('seed' || n)::uuid, 'seed' FROM generate_series(1, 40000) AS n`,
  `INSERT INTO timeline.notifications (id, account_id, type, from_account_id, status_id, fact) SELECT n, 1 + n % 20000, 'mention', 1 + n % 7, n, 'seed:' || n FROM generate_series(1, 30000) AS n`,
  `INSERT INTO identity.users (id, account_id, email, password_hash) SELECT n, n, 'u' || n || '@mail.example', repeat('x', 100) FROM generate_series(1, 20000) AS n`,
  `INSERT INTO identity.apps (id, client_id, client_secret_hash, name, redirect_uris, scopes) SELECT n, 'seed:c' || n, '', 'App', '{}', 'read' FROM generate_series(1, 20000) AS n`,
  `INSERT INTO identity.tokens (id, token_hash, app_id, user_id, scopes) SELECT n, 'seed:t' || n, n, n, 'read' FROM generate_series(1, 20000) AS n`,
  `INSERT INTO keys.account_keys (account_id, public_key_pem, private_key_sealed) SELECT n, repeat('x', 400), repeat('x', 400) FROM generate_series(1, 20000) AS n`,
  `INSERT INTO keys.proof_keys (account_id, public_key_pem, private_key_sealed) SELECT n, repeat('x', 120), repeat('x', 250) FROM generate_series(1, 20000) AS n`,
];

/** Fills the tables and tells the planner. */
export async function seedLargeStore(db: Queryable): Promise<void> {
  for (const sql of ROWS) await db.query(sql);
  await db.query('ANALYZE');
}
