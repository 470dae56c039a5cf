import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Authors with so many local followers that their posts are not pushed to feeds but looked up by whoever reads. */
export class PulledAuthors1700000000011 implements MigrationInterface {
  readonly name = 'PulledAuthors1700000000011';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE timeline.pulled_authors (
        account_id bigint PRIMARY KEY,
        since timestamptz NOT NULL DEFAULT now()
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE timeline.pulled_authors;');
  }
}
