import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Lists of people whom somebody follows; the end of a follow takes it off all lists. `apart` stands with the follow, so that fan-out finds it where
 * it looks for the other limits: somebody keeps this person in an exclusive list. Copies from before this neither write nor read it.
 */
export class Lists1700000000025 implements MigrationInterface {
  readonly name = 'Lists1700000000025';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE social.follows ADD COLUMN apart boolean NOT NULL DEFAULT false;
      CREATE INDEX follows_particular ON social.follows (target_account_id, account_id) WHERE local AND (NOT show_boosts OR languages IS NOT NULL OR apart);

      CREATE TABLE social.lists (
        id bigint PRIMARY KEY,
        account_id bigint NOT NULL,
        title text NOT NULL,
        replies_policy text NOT NULL CHECK (replies_policy IN ('followed', 'list', 'none')),
        exclusive boolean NOT NULL,
        UNIQUE (account_id, id)
      );

      CREATE TABLE social.list_members (
        id bigint PRIMARY KEY,
        list_id bigint NOT NULL,
        owner_id bigint NOT NULL,
        member_id bigint NOT NULL,
        UNIQUE (list_id, member_id),
        FOREIGN KEY (owner_id, list_id) REFERENCES social.lists (account_id, id) ON DELETE CASCADE,
        FOREIGN KEY (owner_id, member_id) REFERENCES social.follows (account_id, target_account_id) ON DELETE CASCADE
      );
      CREATE INDEX list_members_owner ON social.list_members (owner_id, member_id);
      CREATE INDEX list_members_page ON social.list_members (list_id, id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE social.list_members;
      DROP TABLE social.lists;
      DROP INDEX social.follows_particular;
      ALTER TABLE social.follows DROP COLUMN apart;
    `);
  }
}
