import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What is to be read from other servers in the background: threads and outboxes that somebody opened, and followers
 * whose lists differ. A row stays after its end: it says when the next reading may begin.
 */
export class Threads1700000000016 implements MigrationInterface {
  readonly name = 'Threads1700000000016';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE federation.readings (
        kind text NOT NULL CHECK (kind IN ('thread', 'outbox', 'followers')),
        subject_id bigint NOT NULL,
        detail jsonb NOT NULL DEFAULT '{}',
        state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'done')),
        not_before timestamptz NOT NULL,
        attempts smallint NOT NULL DEFAULT 0,
        found integer NOT NULL DEFAULT 0,
        asked_at timestamptz NOT NULL,
        finished_at timestamptz,
        PRIMARY KEY (kind, subject_id)
      );
      CREATE INDEX readings_due ON federation.readings (not_before) WHERE state = 'waiting';
      CREATE INDEX readings_finished ON federation.readings (finished_at) WHERE state = 'done';

      -- Deliveries of followers-only posts tell each server which of its people follow (FEP-8fcf).
      ALTER TABLE federation.delivery_bodies ADD COLUMN sync_followers boolean NOT NULL DEFAULT false;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE federation.delivery_bodies DROP COLUMN sync_followers;
      DROP TABLE federation.readings;
    `);
  }
}
