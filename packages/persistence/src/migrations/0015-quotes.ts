import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What statuses quote, where each quote stands with the quoted author, and who may quote what. `quote_policy` has a bit for
 * each group (see `quote-policy-bits.ts`); NULL: its author says nothing.
 */
export class Quotes1700000000015 implements MigrationInterface {
  readonly name = 'Quotes1700000000015';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE social.quotes (
        status_id bigint PRIMARY KEY,
        quoted_status_id bigint,
        quoted_uri text,
        state text NOT NULL CHECK (state IN ('pending', 'accepted', 'rejected', 'revoked', 'unauthorized', 'deleted')),
        stamp_uri text,
        request_uri text,
        legacy boolean NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE INDEX quotes_quoted ON social.quotes (quoted_status_id, status_id DESC) WHERE quoted_status_id IS NOT NULL;
      CREATE INDEX quotes_stamp ON social.quotes (stamp_uri) WHERE stamp_uri IS NOT NULL;
      ALTER TABLE social.statuses ADD COLUMN quote_policy smallint;
      ALTER TABLE social.status_stats ADD COLUMN quotes_count bigint NOT NULL DEFAULT 0;
      ALTER TABLE identity.users ADD COLUMN default_quote_policy text NOT NULL DEFAULT 'public'
        CHECK (default_quote_policy IN ('public', 'followers', 'nobody'));
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE identity.users DROP COLUMN default_quote_policy;
      ALTER TABLE social.status_stats DROP COLUMN quotes_count;
      ALTER TABLE social.statuses DROP COLUMN quote_policy;
      DROP TABLE social.quotes;
    `);
  }
}
