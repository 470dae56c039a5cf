import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What a fan-out asks: which followers are local, who of them wants to be told, who limits what they see, and who mutes
 * whom, each from the side of the author. `local` is false only where a follower is known to live elsewhere: copies
 * from before this write nothing, and whoever is pushed to in vain has no feed.
 */
export class Followers1700000000010 implements MigrationInterface {
  readonly name = 'Followers1700000000010';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE social.follows ADD COLUMN local boolean NOT NULL DEFAULT true;
      UPDATE social.follows f SET local = false FROM social.accounts a WHERE a.id = f.account_id AND a.domain IS NOT NULL;
      CREATE INDEX follows_local ON social.follows (target_account_id, account_id) WHERE local;
      CREATE INDEX follows_bell ON social.follows (target_account_id, account_id) WHERE notify AND local;
      CREATE INDEX follows_limited ON social.follows (target_account_id, account_id) WHERE local AND (NOT show_boosts OR languages IS NOT NULL);
      CREATE INDEX mutes_target_account ON social.mutes (target_account_id, account_id);
      DROP INDEX social.mutes_target;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX mutes_target ON social.mutes (target_account_id);
      DROP INDEX social.mutes_target_account;
      DROP INDEX social.follows_limited;
      DROP INDEX social.follows_bell;
      ALTER TABLE social.follows DROP COLUMN local;
    `);
  }
}
