import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Mentions may name somebody's profile page instead of the actor; polls of other servers are read anew when somebody looks at
 * them; hosts that are taken for dead are asked now and then whether they are.
 */
export class Reading1700000000022 implements MigrationInterface {
  readonly name = 'Reading1700000000022';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX accounts_page ON social.accounts (url) WHERE domain IS NOT NULL;

      ALTER TABLE federation.readings DROP CONSTRAINT readings_kind_check,
        ADD CONSTRAINT readings_kind_check CHECK (kind IN ('thread', 'outbox', 'followers', 'poll'));

      -- When a dead host was asked last.
      ALTER TABLE federation.hosts ADD COLUMN probed_at timestamptz;
      CREATE INDEX hosts_dead ON federation.hosts (coalesce(probed_at, unavailable_since)) WHERE unavailable_since IS NOT NULL;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX federation.hosts_dead;
      ALTER TABLE federation.hosts DROP COLUMN probed_at;
      DELETE FROM federation.readings WHERE kind = 'poll';
      ALTER TABLE federation.readings DROP CONSTRAINT readings_kind_check,
        ADD CONSTRAINT readings_kind_check CHECK (kind IN ('thread', 'outbox', 'followers'));
      DROP INDEX social.accounts_page;
    `);
  }
}
