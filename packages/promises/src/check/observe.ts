import type { JsonObject, ReceivedPost } from '@trunkline/testing';
import { factKey, THERE } from '../load/claims.js';
import { localOf, remoteOf, type People } from '../load/cast.js';
import type { Stage } from '../stage/stage.js';
import type { Found } from './checker.js';

const PAGES_MAX = 25;
const ROWS_MAX = 20_000;

interface StatusJson {
  readonly id: string;
  readonly content: string;
  readonly account: { readonly acct: string };
  readonly reblog: StatusJson | null;
}

/** Looks for every fact that claims and effects of a round can name: rows, feeds as they are read, and what remotes hold. */
export async function observe(stage: Pick<Stage, 'db'>, people: People, round: string): Promise<Map<string, Found>> {
  const facts = new Facts();
  await observeRows(stage, round, facts);
  for (const reader of people.cast.writers) {
    for (const status of await wholeHome(people, reader)) {
      if (status.reblog === null) facts.add(factKey.feed(reader, tokenOf(status.content)));
    }
  }
  for (const name of people.cast.remotes) observeRemote(name, remoteOf(people, name).posts, facts);
  return facts.found;
}

/** `<p>k1-7 v2</p>` → `k1-7 v2` */
const plain = (html: string): string => html.replaceAll(/<[^>]*>/g, '').trim();
const tokenOf = (html: string): string => plain(html).split(' ')[0] ?? '';

class Facts {
  readonly found = new Map<string, Found>();

  add(key: string, state = THERE): void {
    this.found.set(key, { count: (this.found.get(key)?.count ?? 0) + 1, state });
  }
}

async function observeRows(stage: Pick<Stage, 'db'>, round: string, facts: Facts): Promise<void> {
  const like = `<p>${round}-%`;
  const statuses = await stage.db.query<{ content: string }>(`SELECT content FROM social.statuses WHERE content LIKE $1 AND deleted_at IS NULL LIMIT ${ROWS_MAX}`, [like]);
  for (const { content } of statuses) facts.add(factKey.status(tokenOf(content)), plain(content));

  const ties = await stage.db.query<{ kind: 'favourite' | 'boost' | 'notice'; type: string; who: string; content: string }>(
    `SELECT 'favourite' AS kind, '' AS type, a.username AS who, s.content FROM social.favourites f
       JOIN social.statuses s ON s.id = f.status_id JOIN social.accounts a ON a.id = f.account_id WHERE s.content LIKE $1
     UNION ALL
     SELECT 'boost', '', a.username, s.content FROM social.statuses b
       JOIN social.statuses s ON s.id = b.boost_of_id JOIN social.accounts a ON a.id = b.account_id
      WHERE s.content LIKE $1 AND b.deleted_at IS NULL
     UNION ALL
     SELECT 'notice', CASE n.type WHEN 'reblog' THEN 'boost' ELSE n.type END, a.username, s.content FROM timeline.notifications n
       JOIN social.statuses s ON s.id = n.status_id JOIN social.accounts a ON a.id = n.from_account_id
      WHERE s.content LIKE $1 AND n.type IN ('favourite', 'reblog', 'mention') AND n.dismissed_at IS NULL
     LIMIT ${ROWS_MAX}`,
    [like],
  );
  for (const { kind, type, who, content } of ties) {
    const token = tokenOf(content);
    facts.add(kind === 'notice' ? factKey.notice(type, who, token) : factKey[kind](who, token));
  }
  const follows = await stage.db.query<{ who: string; whom: string }>(
    `SELECT a.username AS who, b.username AS whom FROM social.follows f
       JOIN social.accounts a ON a.id = f.account_id JOIN social.accounts b ON b.id = f.target_account_id
      WHERE a.username LIKE $1 LIMIT ${ROWS_MAX}`,
    [`${round}c%`],
  );
  for (const { who, whom } of follows) facts.add(factKey.follow(who, whom));
}

/** What somebody's home shows from its top to its end, boosts among it: one line each. */
export async function homeOf(people: People, reader: string): Promise<string[]> {
  const all = await wholeHome(people, reader);
  return all.map(({ id, content, account, reblog }) => (reblog === null ? `${id} ${tokenOf(content)}` : `${id} ${account.acct} boosts ${tokenOf(reblog.content)}`));
}

/** Every page of somebody's home, as an app reads it. */
async function wholeHome(people: People, reader: string): Promise<StatusJson[]> {
  const { api } = localOf(people, reader);
  const all: StatusJson[] = [];
  let maxId = '';
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const statuses = await api.get<StatusJson[]>(`/api/v1/timelines/home?limit=40${maxId === '' ? '' : `&max_id=${maxId}`}`);
    all.push(...statuses);
    const last = statuses.at(-1);
    if (last === undefined) return all;
    maxId = last.id;
  }
  return all;
}

/** What a remote holds when it takes what comes as it comes; a repeat of an activity is dropped, as peers do. */
function observeRemote(name: string, posts: readonly ReceivedPost[], facts: Facts): void {
  const seen = new Set<string>();
  const held = new Map<string, string>();
  const tokens = new Map<string, string>();
  for (const { activity, activityId, signature, status, type } of posts) {
    if (signature !== 'valid' || status === null || status > 299 || activityId === null) continue;
    const object = activity?.['object'] as JsonObject | string | undefined;
    const uri = typeof object === 'string' ? object : String(object?.['id'] ?? '');
    const text = plain(typeof object === 'string' ? '' : String(object?.['content'] ?? ''));
    const token = tokens.get(uri) ?? text.split(' ')[0] ?? '';
    if (type === 'Create') facts.add(factKey.copy(name, token));
    if (seen.has(activityId)) continue;
    seen.add(activityId);
    if (type === 'Create' || type === 'Update') {
      tokens.set(uri, token);
      held.set(token, text);
    } else if (type === 'Delete') held.delete(token);
  }
  for (const [token, text] of held) facts.add(factKey.held(name, token), text);
}
