import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Consents that a later word names by their ids alone. `heard_words`: the Accept of somebody elsewhere, or what they asked leave for, so that its
 * Undo is understood; one for each thing that it is about. `reply_stamps`: what an answer elsewhere names as its leave to stand under a post elsewhere
 * whose author wants to be asked. Copies from before this neither write nor read them.
 */
export class Consents1700000000026 implements MigrationInterface {
  readonly name = 'Consents1700000000026';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE social.heard_words (
        account_id bigint NOT NULL,
        what text NOT NULL CHECK (what IN ('accept', 'request')),
        about_uri text NOT NULL,
        uri text NOT NULL,
        PRIMARY KEY (account_id, what, about_uri)
      );
      CREATE INDEX heard_words_uri ON social.heard_words (uri);

      CREATE TABLE social.reply_stamps (
        status_id bigint PRIMARY KEY,
        stamp_uri text NOT NULL,
        state text NOT NULL CHECK (state IN ('told', 'accepted', 'refused'))
      );
      CREATE INDEX reply_stamps_stamp ON social.reply_stamps (stamp_uri);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE social.reply_stamps; DROP TABLE social.heard_words');
  }
}
