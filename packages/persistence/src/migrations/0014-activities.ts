import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Pins, moves and relays; where a report goes; and whether an account's own server suspended it, so that the same
 * server can lift what it imposed and nothing that was decided here.
 */
export class Activities1700000000014 implements MigrationInterface {
  readonly name = 'Activities1700000000014';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE social.pins (
        account_id bigint NOT NULL,
        status_id bigint NOT NULL,
        id bigint NOT NULL UNIQUE,
        PRIMARY KEY (account_id, status_id)
      );
      CREATE INDEX pins_status ON social.pins (status_id);

      -- The last move of an account, old to new: when it may move again, and where it went.
      CREATE TABLE social.moves (
        account_id bigint PRIMARY KEY,
        target_account_id bigint NOT NULL,
        moved_at timestamptz NOT NULL DEFAULT now()
      );

      CREATE TABLE federation.relays (
        id bigint PRIMARY KEY,
        inbox text NOT NULL UNIQUE,
        style text NOT NULL CHECK (style IN ('mastodon', 'litepub')),
        -- Given for litepub, which is followed by its actor; else whoever accepted.
        actor_uri text,
        state text NOT NULL DEFAULT 'asked' CHECK (state IN ('asked', 'enabled', 'refused', 'ended')),
        follow_id bigint NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE INDEX relays_actor ON federation.relays (actor_uri) WHERE actor_uri IS NOT NULL;

      ALTER TABLE social.accounts ADD COLUMN suspended_by_origin boolean NOT NULL DEFAULT false;
      ALTER TABLE moderation.reports ADD COLUMN forward_to_domains text[] NOT NULL DEFAULT '{}';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE moderation.reports DROP COLUMN forward_to_domains;
      ALTER TABLE social.accounts DROP COLUMN suspended_by_origin;
      DROP TABLE federation.relays;
      DROP TABLE social.moves;
      DROP TABLE social.pins;
    `);
  }
}
