import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What is remembered of signatures: when keys of others end, and which scheme a host takes. And how to find whose inbox it was that is gone. */
export class Signatures1700000000012 implements MigrationInterface {
  readonly name = 'Signatures1700000000012';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE federation.remote_keys ADD COLUMN ends_at timestamptz;

      -- Only of hosts that refused one scheme and took the other: most have no row.
      CREATE TABLE federation.signature_schemes (
        host text PRIMARY KEY,
        scheme text NOT NULL CHECK (scheme IN ('cavage', 'rfc9421')),
        expires_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE INDEX signature_schemes_changed ON federation.signature_schemes (updated_at);

      CREATE INDEX delivery_retries_gone ON federation.delivery_retries (id) WHERE state = 'dead' AND last_status = 410 AND last_reason = 'gone';
      CREATE INDEX accounts_inbox ON social.accounts USING hash (inbox_url) WHERE domain IS NOT NULL;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX social.accounts_inbox;
      DROP INDEX federation.delivery_retries_gone;
      DROP TABLE federation.signature_schemes;
      ALTER TABLE federation.remote_keys DROP COLUMN ends_at;
    `);
  }
}
