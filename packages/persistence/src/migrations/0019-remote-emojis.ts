import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The picture that a custom emoji of another server has now, where that server tells when it changed: posts and profiles
 * hold the one of when they came.
 */
export class RemoteEmojis1700000000019 implements MigrationInterface {
  readonly name = 'RemoteEmojis1700000000019';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE social.remote_emojis (
        host text NOT NULL,
        shortcode text NOT NULL,
        url text NOT NULL,
        static_url text NOT NULL,
        updated_at timestamptz NOT NULL,
        PRIMARY KEY (host, shortcode)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE social.remote_emojis');
  }
}
