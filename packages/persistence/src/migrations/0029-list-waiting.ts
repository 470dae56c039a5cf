import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Who was put into a list while the follow is only asked for: a member once it is accepted, and gone with the request. Kept apart from the members,
 * whose rows stand and fall with a follow. Copies from before this do not see them, and take nobody in from here.
 */
export class ListWaiting1700000000029 implements MigrationInterface {
  readonly name = 'ListWaiting1700000000029';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE social.list_waiting (
        id bigint PRIMARY KEY,
        list_id bigint NOT NULL,
        owner_id bigint NOT NULL,
        member_id bigint NOT NULL,
        UNIQUE (list_id, member_id),
        FOREIGN KEY (owner_id, list_id) REFERENCES social.lists (account_id, id) ON DELETE CASCADE,
        FOREIGN KEY (owner_id, member_id) REFERENCES social.follow_requests (account_id, target_account_id) ON DELETE CASCADE
      );
      CREATE INDEX list_waiting_owner ON social.list_waiting (owner_id, member_id);
      CREATE INDEX list_waiting_page ON social.list_waiting (list_id, id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE social.list_waiting');
  }
}
