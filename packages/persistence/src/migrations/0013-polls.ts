import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Polls of statuses with one row a choice of a person, and emoji reactions with one row an emoji of a person and a count
 * an emoji. Both stand beside the status so that most statuses cost nothing for them.
 */
export class Polls1700000000013 implements MigrationInterface {
  readonly name = 'Polls1700000000013';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE social.polls (
        status_id bigint PRIMARY KEY,
        multiple boolean NOT NULL,
        hides_totals boolean NOT NULL DEFAULT false,
        options text[] NOT NULL,
        -- In the order of the options; null: its server does not tell.
        votes bigint[] NOT NULL,
        voters_count bigint,
        ends_at timestamptz,
        closed boolean NOT NULL DEFAULT false,
        -- Since when there are votes that other servers were not told of; local polls only.
        untold_since timestamptz,
        -- When its end was told.
        ended_at timestamptz
      ) WITH (fillfactor = 80);
      CREATE INDEX polls_due ON social.polls (ends_at) WHERE ended_at IS NULL AND ends_at IS NOT NULL;
      CREATE INDEX polls_untold ON social.polls (untold_since) WHERE untold_since IS NOT NULL;

      CREATE TABLE social.poll_votes (
        status_id bigint NOT NULL,
        account_id bigint NOT NULL,
        choice smallint NOT NULL,
        id bigint NOT NULL UNIQUE,
        uri text,
        PRIMARY KEY (status_id, account_id, choice)
      );
      CREATE INDEX poll_votes_account ON social.poll_votes (account_id, status_id);

      CREATE TABLE social.status_reactions (
        status_id bigint NOT NULL,
        account_id bigint NOT NULL,
        name text NOT NULL,
        id bigint NOT NULL UNIQUE,
        uri text,
        PRIMARY KEY (status_id, account_id, name)
      );
      CREATE INDEX status_reactions_account ON social.status_reactions (account_id, id);

      CREATE TABLE social.reaction_counts (
        status_id bigint NOT NULL,
        name text NOT NULL,
        count bigint NOT NULL,
        url text,
        static_url text,
        PRIMARY KEY (status_id, name)
      ) WITH (fillfactor = 80);
      ALTER TABLE social.status_stats ADD COLUMN reactions_count bigint NOT NULL DEFAULT 0;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE social.status_stats DROP COLUMN reactions_count;
      DROP TABLE social.reaction_counts, social.status_reactions, social.poll_votes, social.polls;
    `);
  }
}
