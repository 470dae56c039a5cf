import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Quotes that could not be looked at come up again (`next_look_at`; NULL: nothing is open). Of posts elsewhere who may like,
 * answer and boost them, where that is not everybody (see `interaction-bits.ts`), and what people here asked leave for:
 * `interaction_id` is the favourite, the answer or the boost.
 */
export class Interactions1700000000021 implements MigrationInterface {
  readonly name = 'Interactions1700000000021';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE social.quotes ADD COLUMN next_look_at timestamptz, ADD COLUMN looks smallint NOT NULL DEFAULT 0;
      CREATE INDEX quotes_next_look ON social.quotes (next_look_at) WHERE next_look_at IS NOT NULL;
      UPDATE social.quotes SET next_look_at = now() WHERE state = 'pending' AND quoted_status_id IS NULL AND quoted_uri IS NOT NULL;
      CREATE INDEX quotes_request ON social.quotes (request_uri) WHERE request_uri IS NOT NULL;
      CREATE TABLE social.interaction_rules (
        status_id bigint PRIMARY KEY,
        rules integer NOT NULL
      );
      CREATE TABLE social.asked_interactions (
        interaction_id bigint PRIMARY KEY,
        what text NOT NULL CHECK (what IN ('like', 'reply', 'announce')),
        account_id bigint NOT NULL,
        status_id bigint NOT NULL,
        state text NOT NULL CHECK (state IN ('pending', 'accepted', 'rejected')),
        by_request boolean NOT NULL,
        stamp_uri text,
        created_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE INDEX asked_interactions_stamp ON social.asked_interactions (stamp_uri) WHERE stamp_uri IS NOT NULL;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE social.asked_interactions;
      DROP TABLE social.interaction_rules;
      DROP INDEX social.quotes_request;
      ALTER TABLE social.quotes DROP COLUMN looks, DROP COLUMN next_look_at;
    `);
  }
}
