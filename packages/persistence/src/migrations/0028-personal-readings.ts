import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What other servers show to one of our people and not to this server: asked for by who has no keys, read by who has. */
export class PersonalReadings1700000000028 implements MigrationInterface {
  readonly name = 'PersonalReadings1700000000028';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE federation.personal_readings (
        uri text PRIMARY KEY CHECK (octet_length(uri) <= 2048),
        author_id bigint NOT NULL,
        -- People of this server whom the activity that names the address is addressed to.
        named bigint[] NOT NULL,
        -- The registrable one, by which they are counted.
        domain text NOT NULL,
        state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'read', 'refused', 'away')),
        document text,
        reason text,
        not_before timestamptz NOT NULL,
        attempts smallint NOT NULL DEFAULT 0,
        asked_at timestamptz NOT NULL,
        begun_at timestamptz
      );
      CREATE INDEX personal_readings_open ON federation.personal_readings (domain, not_before) WHERE state IN ('waiting', 'read');
      CREATE INDEX personal_readings_asked ON federation.personal_readings (asked_at);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE federation.personal_readings');
  }
}
