import { timingSafeEqual } from 'node:crypto';
import type { Snowflake } from '@trunkline/kernel';
import type { Queryable } from '../database.js';
import { newSecret, secretHash } from './secrets.js';

export interface Application {
  readonly id: Snowflake;
  readonly clientId: string;
  readonly name: string;
  readonly website: string | null;
  readonly redirectUris: readonly string[];
  readonly scopes: readonly string[];
}

type Row = Omit<Application, 'scopes'> & { scopes: string; hash: string } & Record<string, unknown>;

const COLUMNS = `id, client_id AS "clientId", name, website, redirect_uris AS "redirectUris", scopes, client_secret_hash AS hash`;

const toApplication = (row: Row): Application => ({
  id: row.id,
  clientId: row.clientId,
  name: row.name,
  website: row.website,
  redirectUris: row.redirectUris,
  scopes: row.scopes.split(' '),
});

/** Client programs that registered here. Secrets are stored as hashes only. */
export class Applications {
  constructor(private readonly db: Queryable) {}

  async create(app: Omit<Application, 'clientId'>): Promise<{ application: Application; clientSecret: string }> {
    const [clientId, clientSecret] = [newSecret(), newSecret()];
    await this.db.query(
      `INSERT INTO identity.apps (id, client_id, client_secret_hash, name, website, redirect_uris, scopes)
       VALUES ($1, $2, $3, $4, $5, $6::text[], $7)`,
      [app.id, clientId, secretHash(clientSecret), app.name, app.website, app.redirectUris, app.scopes.join(' ')],
    );
    return { application: { ...app, clientId }, clientSecret };
  }

  async byClientId(clientId: string): Promise<Application | null> {
    const row = (await this.select('client_id = $1', clientId))[0];
    return row === undefined ? null : toApplication(row);
  }

  async byId(id: Snowflake): Promise<Application | null> {
    const row = (await this.select('id = $1', id))[0];
    return row === undefined ? null : toApplication(row);
  }

  /** The application with this id and secret. */
  async authenticate(clientId: string, clientSecret: string): Promise<Application | null> {
    const row = (await this.select('client_id = $1', clientId))[0];
    const right = timingSafeEqual(Buffer.from(secretHash(clientSecret)), Buffer.from(row?.hash ?? '0'.repeat(64)));
    return right && row !== undefined ? toApplication(row) : null;
  }

  private select(condition: string, value: string): Promise<Row[]> {
    return this.db.query<Row>(`SELECT ${COLUMNS} FROM identity.apps WHERE ${condition} LIMIT 1`, [value]);
  }
}
