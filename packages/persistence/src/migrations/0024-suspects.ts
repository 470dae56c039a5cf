import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How often a late activity was begun and not brought to an end: whoever had it in hand died of it, or beside it. */
export class Suspects1700000000024 implements MigrationInterface {
  readonly name = 'Suspects1700000000024';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE federation.inbound ADD COLUMN begun smallint NOT NULL DEFAULT 0');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE federation.inbound DROP COLUMN begun');
  }
}
