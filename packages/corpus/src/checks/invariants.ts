import { STATE_INVARIANTS, type Invariant } from '@trunkline/testing';

const orphans = (table: string, column: string, parent: string): string => `SELECT count(*)::int AS broken FROM ${table} x WHERE x.${column} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM ${parent} p WHERE p.id = x.${column})`;

/** Markup whose attributes' values are emptied: what is left of it names elements and attributes. */
const bare = (column: string): string => `regexp_replace(${column}, '"[^"]*"', '""', 'g')`;
const holdsScript = (column: string): string =>
  `(${bare(column)} ~* '<(script|style|iframe|object|embed|svg|math|form|input|img|link|meta|base)[ >/]' OR ${bare(column)} ~* '<[^>]*[ /](on[a-z]+|style|srcdoc)[ ]*=' OR ${column} ~* '(href|src)="[ ]*(javascript|vbscript|data|file):')`;
const SCRIPTS = `SELECT count(*)::int AS broken, min(x.uri) AS sample FROM (SELECT uri, content AS html FROM social.statuses WHERE NOT local UNION ALL SELECT uri, note FROM social.accounts WHERE domain IS NOT NULL
  UNION ALL SELECT a.uri, f->>'value' FROM social.accounts a, jsonb_array_elements(a.fields) f WHERE a.domain IS NOT NULL) x WHERE ${holdsScript('x.html')}`;
const ADDRESSES = `SELECT count(*)::int AS broken, min(x.url) AS sample FROM (SELECT url FROM social.statuses WHERE boost_of_id IS NULL UNION ALL SELECT url FROM social.accounts UNION ALL SELECT avatar_url FROM social.accounts UNION ALL SELECT header_url FROM social.accounts
  UNION ALL SELECT m->>'previewUrl' FROM social.statuses s, jsonb_array_elements(s.media) m) x WHERE x.url IS NOT NULL AND x.url <> '' AND x.url !~ '^https?://'`;

/** As hosts are compared: without case, and without the port that is the scheme's own. */
const host = (column: string): string => `regexp_replace(lower(split_part(regexp_replace(${column}, '[?#].*$', ''), '/', 3)), CASE WHEN ${column} ~* '^https:' THEN ':443$' ELSE ':80$' END, '')`;

/** What holds of a database in which nothing is half written, whatever came. */
export const INVARIANTS: readonly Invariant[] = [
  { name: 'every status has its account', sql: orphans('social.statuses', 'account_id', 'social.accounts') },
  { name: 'every boost has its post', sql: orphans('social.statuses', 'boost_of_id', 'social.statuses') },
  { name: 'every reply has its parent', sql: orphans('social.statuses', 'in_reply_to_id', 'social.statuses') },
  { name: 'every mention has its status', sql: orphans('social.mentions', 'status_id', 'social.statuses') },
  { name: 'every mention has its account', sql: orphans('social.mentions', 'account_id', 'social.accounts') },
  { name: 'every tag has its status', sql: orphans('social.status_tags', 'status_id', 'social.statuses') },
  { name: 'every favourite has its status', sql: orphans('social.favourites', 'status_id', 'social.statuses') },
  { name: 'every favourite has its account', sql: orphans('social.favourites', 'account_id', 'social.accounts') },
  { name: 'every follow has both ends', sql: `SELECT count(*)::int AS broken FROM social.follows f WHERE NOT EXISTS (SELECT 1 FROM social.accounts a WHERE a.id = f.account_id) OR NOT EXISTS (SELECT 1 FROM social.accounts a WHERE a.id = f.target_account_id)` },
  { name: 'every block has its accounts', sql: orphans('social.blocks', 'account_id', 'social.accounts') },
  { name: 'every poll has its status', sql: orphans('social.polls', 'status_id', 'social.statuses') },
  { name: 'every vote has its poll', sql: `SELECT count(*)::int AS broken FROM social.poll_votes v WHERE NOT EXISTS (SELECT 1 FROM social.polls p WHERE p.status_id = v.status_id)` },
  { name: 'a poll counts each of its options', sql: `SELECT count(*)::int AS broken FROM social.polls p WHERE cardinality(p.votes) <> cardinality(p.options)` },
  {
    name: 'votes of polls here are their rows',
    sql: `SELECT count(*)::int AS broken FROM social.polls p JOIN social.statuses s ON s.id = p.status_id AND s.local
           WHERE (SELECT coalesce(sum(n), 0) FROM unnest(p.votes) n) <> (SELECT count(*) FROM social.poll_votes v WHERE v.status_id = p.status_id)`,
  },
  { name: 'every reaction has its status', sql: orphans('social.status_reactions', 'status_id', 'social.statuses') },
  { name: 'every reaction has its account', sql: orphans('social.status_reactions', 'account_id', 'social.accounts') },
  {
    name: 'counts of reactions are their rows',
    sql: `SELECT count(*)::int AS broken FROM social.reaction_counts c
           WHERE c.count <> (SELECT count(*) FROM social.status_reactions r WHERE r.status_id = c.status_id AND r.name = c.name)`,
  },
  { name: 'every pin has its status', sql: orphans('social.pins', 'status_id', 'social.statuses') },
  { name: 'every notification has its sender', sql: orphans('timeline.notifications', 'from_account_id', 'social.accounts') },
  { name: 'every report has its accounts', sql: orphans('moderation.reports', 'target_account_id', 'social.accounts') },
  {
    name: 'tags stand in both places',
    sql: `SELECT count(*)::int AS broken FROM social.statuses s WHERE s.deleted_at IS NULL AND s.boost_of_id IS NULL AND s.visibility = 'public'
            AND cardinality(s.tags) < (SELECT count(*) FROM social.status_tags t WHERE t.status_id = s.id)`,
  },
  {
    name: 'every picture has an address and a kind',
    sql: `SELECT count(*)::int AS broken FROM social.statuses s, jsonb_array_elements(s.media) m
           WHERE coalesce(m->>'kind', '') = '' OR coalesce(m->>'id', '') = '' OR coalesce(m->>'remoteUrl', m->>'url', '') !~ '^https?://'`,
  },
  {
    name: 'every emoji has a name and a picture',
    sql: `SELECT count(*)::int AS broken FROM social.statuses s, jsonb_array_elements(s.emojis) e WHERE coalesce(e->>'shortcode', '') = '' OR coalesce(e->>'url', '') !~ '^https?://'`,
  },
  { name: 'a remote status lies where its author lies', sql: `SELECT count(*)::int AS broken, min(s.uri || ' by ' || a.uri) AS sample FROM social.statuses s JOIN social.accounts a ON a.id = s.account_id WHERE NOT s.local AND ${host('s.uri')} <> ${host('a.uri')}` },
  { name: 'a key lies where its owner lies', sql: `SELECT count(*)::int AS broken, min(k.key_id || ' of ' || k.owner_uri) AS sample FROM federation.remote_keys k WHERE ${host('k.key_id')} <> ${host('k.owner_uri')}` },
  { name: 'what a client is given holds no script', sql: SCRIPTS },
  { name: 'what a client is given to open is an address', sql: ADDRESSES },
  { name: 'nothing lies in the future', sql: `SELECT count(*)::int AS broken, min(s.uri) AS sample FROM social.statuses s WHERE s.created_at > now() + interval '1 minute' OR s.edited_at > now() + interval '1 minute'` },
  ...STATE_INVARIANTS,
];
