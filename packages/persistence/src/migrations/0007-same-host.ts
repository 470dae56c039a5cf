import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Two actors of one host: a tombstone keeps an id from its own author alone, so nobody can bury what a neighbour has
 * not written yet. And what an actor says about ties (follows, blocks) is applied in the order in which it came, in
 * whatever copy; the index finds what came earlier and still waits. Copies from before this cannot write tombstones
 * after it: none was ever released.
 */
export class SameHost1700000000007 implements MigrationInterface {
  readonly name = 'SameHost1700000000007';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE social.tombstones DROP CONSTRAINT tombstones_pkey, ADD PRIMARY KEY (uri, actor_uri);
      CREATE INDEX inbound_waiting_ties ON federation.inbound (actor_uri, id)
        WHERE state = 'stored' AND activity_type IN ('Accept', 'Block', 'Follow', 'Reject', 'Undo');
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX federation.inbound_waiting_ties;
      DELETE FROM social.tombstones t WHERE EXISTS (SELECT FROM social.tombstones o WHERE o.uri = t.uri AND o.actor_uri < t.actor_uri);
      ALTER TABLE social.tombstones DROP CONSTRAINT tombstones_pkey, ADD PRIMARY KEY (uri);
    `);
  }
}
