import type { Database } from '../../src/database.js';

/**
 * Fills the tables of `social` with some ten thousand rows each, spread over many accounts, and tells the planner:
 * on small tables it reads everything whatever indexes there are. Ids stay below those that tests make.
 */
export async function seedManyRows(db: Database): Promise<void> {
  await db.query(`
    INSERT INTO social.accounts (id, username, domain, uri, url, display_name, inbox_url)
    SELECT n, 'u' || n, CASE WHEN n % 4 = 0 THEN NULL ELSE 'h' || n % 500 || '.example' END, 'seed:a' || n, '', 'U ' || n, 'seed:i' || n
      FROM generate_series(1, 20000) AS n`);
  await db.query('INSERT INTO social.account_stats (account_id) SELECT n FROM generate_series(1, 20000) AS n');
  await db.query(`
    INSERT INTO social.statuses (id, account_id, uri, url, local, content, visibility, in_reply_to_id, in_reply_to_uri, boost_of_id,
                                 conversation_id, media, created_at)
    SELECT n, 1 + n % 20000, 'seed:s' || n, '', n % 4 = 0, repeat('x', 200), (ARRAY['public', 'unlisted', 'private', 'direct'])[1 + n % 4],
           CASE WHEN n % 5 = 1 THEN n / 2 END, CASE WHEN n % 50 = 2 THEN 'seed:lost' || n END, CASE WHEN n % 5 = 3 THEN 1 + n / 3 END,
           n, CASE WHEN n % 10 = 0 THEN '[{}]'::jsonb ELSE '[]'::jsonb END, now()
      FROM generate_series(1, 40000) AS n`);
  await db.query(`
    INSERT INTO social.quotes (status_id, quoted_status_id, quoted_uri, state, stamp_uri, legacy)
    SELECT n, 1 + n % 39983, 'seed:s' || n, CASE WHEN n % 2 = 0 THEN 'accepted' ELSE 'pending' END, 'seed:q' || n, false FROM generate_series(1, 30000) AS n`);
  await db.query('INSERT INTO social.status_stats (status_id) SELECT n FROM generate_series(1, 40000) AS n');
  await db.query(`INSERT INTO social.status_tags (tag, status_id) SELECT 't' || n % 300, n FROM generate_series(1, 40000) AS n`);
  await db.query('INSERT INTO social.mentions (status_id, account_id) SELECT n, 1 + n * 7 % 20000 FROM generate_series(1, 40000) AS n');
  await db.query(`
    INSERT INTO social.status_edits (id, status_id, content, spoiler_text, sensitive, media, emojis, created_at)
    SELECT n, n, '', '', false, '[]', '[]', now() FROM generate_series(1, 20000) AS n`);
  for (const table of ['follows', 'follow_requests', 'blocks', 'mutes']) {
    await db.query(
      `INSERT INTO social.${table} (id, account_id, target_account_id) SELECT n, 1 + n % 20000, 1 + n * 13 % 19997 FROM generate_series(1, 30000) AS n
       ON CONFLICT DO NOTHING`,
    );
  }
  for (const table of ['favourites', 'bookmarks', 'pins']) {
    await db.query(
      `INSERT INTO social.${table} (id, account_id, status_id) SELECT n, 1 + n % 20000, 1 + n * 11 % 39983 FROM generate_series(1, 30000) AS n
       ON CONFLICT DO NOTHING`,
    );
  }
  await db.query(`INSERT INTO social.polls (status_id, multiple, options, votes, ends_at, ended_at) SELECT n, false, '{a,b}', '{0,0}', now(), now() FROM generate_series(1, 20000) AS n`);
  await db.query('INSERT INTO social.poll_votes (status_id, account_id, choice, id) SELECT n, 1 + n % 19997, 0, n FROM generate_series(1, 20000) AS n');
  await db.query(`INSERT INTO social.status_reactions (status_id, account_id, name, id) SELECT n, 1 + n % 19997, 'x', n FROM generate_series(1, 20000) AS n`);
  await db.query(`INSERT INTO social.reaction_counts (status_id, name, count) SELECT n, 'x', 1 FROM generate_series(1, 20000) AS n`);
  await db.query(`INSERT INTO social.tombstones (uri, actor_uri) SELECT 'seed:x' || n, '' FROM generate_series(1, 20000) AS n`);
  await db.query(`INSERT INTO social.remote_emojis (host, shortcode, url, static_url, updated_at) SELECT 'h' || n % 500 || '.example', 'e' || n, '', '', now() FROM generate_series(1, 20000) AS n`);
  await db.query(`INSERT INTO social.interaction_rules (status_id, rules) SELECT n, 65537 FROM generate_series(1, 20000) AS n`);
  await db.query(`INSERT INTO social.reply_stamps (status_id, stamp_uri, state) SELECT n, 'seed:r' || n, 'accepted' FROM generate_series(1, 20000) AS n`);
  await db.query(`INSERT INTO social.asked_interactions (interaction_id, what, account_id, status_id, state, by_request) SELECT n, 'reply', 1 + n % 20000, n, 'accepted', true FROM generate_series(1, 20000) AS n`);
  await db.query(`INSERT INTO social.heard_words (account_id, what, about_uri, uri) SELECT 1 + n % 20000, 'accept', 'seed:f' || n, 'seed:w' || n FROM generate_series(1, 20000) AS n`);
  await db.query(`INSERT INTO social.lists (id, account_id, title, replies_policy, exclusive) SELECT n, 1 + n % 20000, '', 'list', n % 2 = 0 FROM generate_series(1, 20000) AS n`);
  await db.query(`
    INSERT INTO social.list_members (id, list_id, owner_id, member_id)
    SELECT row_number() OVER (), l.id, l.account_id, f.target_account_id FROM social.lists l JOIN social.follows f ON f.account_id = l.account_id`);
  await db.query(`
    INSERT INTO social.list_waiting (id, list_id, owner_id, member_id)
    SELECT row_number() OVER (), l.id, l.account_id, r.target_account_id FROM social.lists l JOIN social.follow_requests r ON r.account_id = l.account_id`);
  await db.query('ANALYZE');
}
