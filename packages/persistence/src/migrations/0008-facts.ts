import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A fact that is taken back is found among notifications by its name, whoever was told. */
export class Facts1700000000008 implements MigrationInterface {
  readonly name = 'Facts1700000000008';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE INDEX notifications_fact ON timeline.notifications (fact, type) WHERE dismissed_at IS NULL');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX timeline.notifications_fact');
  }
}
