import type { Snowflake } from '@trunkline/kernel';
import type { Relay, RelayReads, RelayState, RelayWrites } from '@trunkline/social';
import type { Queryable } from '../database.js';

const RELAYS_MAX = 200;
const COLUMNS = `r.id, r.inbox, r.style, r.actor_uri AS "actorUri", r.state, r.follow_id AS "followId", r.created_at AS "createdAt"`;
type Row = Relay & Record<string, unknown>;

/** federation.relays. Over a pool or inside one transaction. */
export class RelayStore implements RelayReads, RelayWrites {
  constructor(private readonly db: Queryable) {}

  /** In the order in which they were added. */
  list(): Promise<Relay[]> {
    return this.db.query<Row>(`SELECT ${COLUMNS} FROM federation.relays r ORDER BY r.id LIMIT ${RELAYS_MAX}`);
  }

  async byId(id: Snowflake): Promise<Relay | null> {
    return (await this.db.query<Row>(`SELECT ${COLUMNS} FROM federation.relays r WHERE r.id = $1 LIMIT 1`, [id]))[0] ?? null;
  }

  async byInbox(inbox: string): Promise<Relay | null> {
    return (await this.db.query<Row>(`SELECT ${COLUMNS} FROM federation.relays r WHERE r.inbox = $1 LIMIT 1`, [inbox]))[0] ?? null;
  }

  async byFollowId(followId: Snowflake): Promise<Relay | null> {
    return (await this.db.query<Row>(`SELECT ${COLUMNS} FROM federation.relays r WHERE r.follow_id = $1 LIMIT 1`, [followId]))[0] ?? null;
  }

  /** The relay that acts under this id. */
  async byActor(actorUri: string): Promise<Relay | null> {
    return (await this.db.query<Row>(`SELECT ${COLUMNS} FROM federation.relays r WHERE r.actor_uri = $1 LIMIT 1`, [actorUri]))[0] ?? null;
  }

  enabled(): Promise<Relay[]> {
    return this.db.query<Row>(`SELECT ${COLUMNS} FROM federation.relays r WHERE r.state = 'enabled' ORDER BY r.id LIMIT ${RELAYS_MAX}`);
  }

  /** Asks (again): one row an inbox, however often it is added. */
  async ask(relay: Pick<Relay, 'id' | 'inbox' | 'style' | 'actorUri' | 'followId'>): Promise<Relay> {
    const [row] = await this.db.query<Row>(
      `INSERT INTO federation.relays AS r (id, inbox, style, actor_uri, follow_id) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (inbox) DO UPDATE SET style = excluded.style, actor_uri = excluded.actor_uri, follow_id = excluded.follow_id, state = 'asked'
       RETURNING ${COLUMNS}`,
      [relay.id, relay.inbox, relay.style, relay.actorUri, relay.followId],
    );
    if (row === undefined) throw new Error('a statement of one row gave none');
    return row;
  }

  async settle(id: Snowflake, change: { readonly state: RelayState; readonly actorUri?: string }): Promise<void> {
    await this.db.query('UPDATE federation.relays SET state = $2, actor_uri = coalesce($3, actor_uri) WHERE id = $1', [id, change.state, change.actorUri ?? null]);
  }
}
