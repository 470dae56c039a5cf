import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Events that other servers caused are told apart from those of people here, and found apart: a backlog of the first
 * is not walked over to find the second.
 */
export class EventLanes1700000000009 implements MigrationInterface {
  readonly name = 'EventLanes1700000000009';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE events.outbox ADD COLUMN is_remote boolean NOT NULL DEFAULT false');
    await runner.query('CREATE INDEX outbox_unpublished_lane ON events.outbox (is_remote, id) WHERE published_at IS NULL');
    await runner.query('DROP INDEX events.outbox_unpublished');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE INDEX outbox_unpublished ON events.outbox (id) WHERE published_at IS NULL');
    await runner.query('DROP INDEX events.outbox_unpublished_lane');
    await runner.query('ALTER TABLE events.outbox DROP COLUMN is_remote');
  }
}
