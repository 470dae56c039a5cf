import type { AccountId, StatusId } from '@trunkline/kernel';
import type { Author, PulledAuthors, PulledIds, PulledPage } from '@trunkline/social';
import type { Queryable } from '../database.js';

/** How old what a process knows of them may be: so long a copy may miss posts of somebody whom another has just found. */
const KNOWN_MS = 5_000;
/** How long somebody with many followers, most of them elsewhere, is not counted again. */
const COUNTED_MS = 600_000;
const COUNTED_MAX = 1_000;
/** More are pushed like everybody else. */
const AUTHORS_MAX = 10_000;
/** Of one reader: what a page costs grows with them. */
const FOLLOWED_MAX = 200;
const ROWS_MAX = 800;
const HIGHEST_ID = '9223372036854775807';

/** See the port for what each method promises. */
export class SqlPulledAuthors implements PulledAuthors {
  private known: ReadonlySet<AccountId> = new Set();
  private knownUntilMs = 0;
  private looking: Promise<void> | null = null;
  /** Until when these are known to have few enough followers here. */
  private readonly counted = new Map<AccountId, number>();

  constructor(
    private readonly db: Queryable,
    /** Local followers to whom posts are pushed at most (FANOUT_FOLLOWERS_MAX). */
    private readonly followersMax: number,
  ) {}

  async any(): Promise<boolean> {
    return (await this.all()).size > 0;
  }

  async among(authors: readonly Author[]): Promise<Set<AccountId>> {
    const known = await this.all();
    const found = new Set<AccountId>();
    for (const { id, followersCount } of authors) {
      if (known.has(id)) found.add(id);
      else if (followersCount > this.followersMax && !found.has(id) && (await this.hasTooMany(id)) && (await this.note(id))) found.add(id);
    }
    return found;
  }

  async page(readerId: AccountId, { maxId, minId, limit }: PulledPage): Promise<PulledIds> {
    const most = Math.min(limit, ROWS_MAX);
    const rows = await this.db.query<{ id: StatusId; isWanted: boolean }>(minId === null ? DOWNWARDS : UPWARDS, [readerId, maxId ?? HIGHEST_ID, minId ?? '0', most, FOLLOWED_MAX]);
    return { ids: rows.filter((row) => row.isWanted).map((row) => row.id), edge: rows.length < most ? null : (rows.at(-1)?.id ?? null) };
  }

  private async all(): Promise<ReadonlySet<AccountId>> {
    if (performance.now() >= this.knownUntilMs) {
      this.looking ??= this.look().finally(() => (this.looking = null));
      // Whoever is in it stays in it: what was known is good enough while Postgres is away.
      await this.looking.catch((error: unknown) => {
        if (this.knownUntilMs === 0) throw error;
      });
    }
    return this.known;
  }

  private async look(): Promise<void> {
    const rows = await this.db.query<{ id: AccountId }>('SELECT account_id AS id FROM timeline.pulled_authors ORDER BY since LIMIT $1', [AUTHORS_MAX]);
    // Nobody is taken out again, so what this process found meanwhile stays.
    this.known = new Set([...this.known, ...rows.map((row) => row.id)]);
    this.knownUntilMs = performance.now() + KNOWN_MS;
  }

  private async hasTooMany(authorId: AccountId): Promise<boolean> {
    if (performance.now() < (this.counted.get(authorId) ?? 0)) return false;
    const sql = 'SELECT f.account_id FROM social.follows f WHERE f.target_account_id = $1 AND f.local ORDER BY f.account_id OFFSET $2 LIMIT 1';
    if ((await this.db.query(sql, [authorId, this.followersMax])).length > 0) return true;
    if (this.counted.size >= COUNTED_MAX) this.counted.clear();
    this.counted.set(authorId, performance.now() + COUNTED_MS);
    return false;
  }

  /** Committed when this resolves: only then may a post be left out of feeds. False: there are too many already. */
  private async note(authorId: AccountId): Promise<boolean> {
    if (this.known.size >= AUTHORS_MAX) return false;
    await this.db.query('INSERT INTO timeline.pulled_authors (account_id) VALUES ($1) ON CONFLICT DO NOTHING', [authorId]);
    this.known = new Set([...this.known, authorId]);
    return true;
  }
}

/**
 * The newest (lowest above a bound) of each author, by the index, then of all together; what rules would hide for good
 * is only marked: a filter inside would read all of somebody who answers strangers all day.
 */
const pageOf = (direction: 'DESC' | 'ASC'): string => `
  WITH authors AS MATERIALIZED (
    SELECT f.target_account_id AS id, f.show_boosts, f.languages
      FROM timeline.pulled_authors p
      JOIN social.follows f ON f.account_id = $1 AND f.target_account_id = p.account_id AND NOT f.apart
      JOIN social.accounts a ON a.id = p.account_id AND a.suspended_at IS NULL AND a.deleted_at IS NULL
     WHERE NOT EXISTS (SELECT FROM social.mutes m WHERE m.account_id = $1 AND m.target_account_id = p.account_id AND (m.expires_at IS NULL OR m.expires_at > now()))
     ORDER BY p.since, p.account_id LIMIT $5
  ), found AS MATERIALIZED (
    SELECT own.id, authors.show_boosts, authors.languages FROM authors
     CROSS JOIN LATERAL (
       SELECT s.id FROM social.statuses s
        WHERE s.account_id = authors.id AND s.deleted_at IS NULL AND s.id < $2::bigint AND s.id > $3::bigint
        ORDER BY s.id ${direction} LIMIT $4
     ) AS own
     ORDER BY own.id ${direction} LIMIT $4
  )
  SELECT found.id,
         (found.show_boosts OR s.boost_of_id IS NULL)
         AND (found.languages IS NULL OR s.language IS NULL OR s.language = ANY (found.languages))
         AND (s.visibility <> 'direct' OR EXISTS (SELECT FROM social.mentions m WHERE m.status_id = s.id AND m.account_id = $1))
         AND (s.in_reply_to_account_id IS NULL OR s.in_reply_to_account_id IN ($1, s.account_id)
              OR EXISTS (SELECT FROM social.follows f WHERE f.account_id = $1 AND f.target_account_id = s.in_reply_to_account_id)) AS "isWanted"
    FROM found JOIN social.statuses s ON s.id = found.id
   ORDER BY found.id ${direction} LIMIT $4`;
const DOWNWARDS = pageOf('DESC');
const UPWARDS = pageOf('ASC');
