import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Statements here touch few rows of many partitions. Postgres takes them for dear and compiles them, which costs
 * more than it could ever save: claiming due deliveries took 300 ms with JIT and 1 ms without. Set on the database,
 * since settings of a session do not pass PgBouncer.
 */
export class NoJit1700000000006 implements MigrationInterface {
  readonly name = 'NoJit1700000000006';

  async up(runner: QueryRunner): Promise<void> {
    await this.set(runner, 'SET jit = off');
  }

  async down(runner: QueryRunner): Promise<void> {
    await this.set(runner, 'RESET jit');
  }

  /** Only the owner of a database may set it up; elsewhere it is the operator's to do (docs/operating/running.md). */
  private async set(runner: QueryRunner, change: 'SET jit = off' | 'RESET jit'): Promise<void> {
    await runner.query(`
      DO $$ BEGIN
        EXECUTE format('ALTER DATABASE %I ${change}', current_database());
      EXCEPTION WHEN insufficient_privilege THEN
        RAISE WARNING 'not the owner of the database: set jit = off for it, or the server will be slow';
      END $$`);
  }
}
