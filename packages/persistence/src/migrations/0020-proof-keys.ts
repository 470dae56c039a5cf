import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The Ed25519 keys of accounts here and of the server itself (id 0), which sign what is passed on (FEP-8b32). Beside the RSA keys
 * and not in their rows: who fetches needs no right to these, and copies of the version before never meet them.
 */
export class ProofKeys1700000000020 implements MigrationInterface {
  readonly name = 'ProofKeys1700000000020';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE keys.proof_keys (
        account_id bigint PRIMARY KEY,
        public_key_pem text NOT NULL,
        private_key_sealed text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE keys.proof_keys');
  }
}
