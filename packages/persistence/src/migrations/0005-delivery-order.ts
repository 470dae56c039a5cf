import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What deliveries are about, so that one about a thing does not overtake an earlier one about the same thing on
 * its way to the same inbox. Rows without a key, those of older copies too, are in no order.
 */
export class DeliveryOrder1700000000005 implements MigrationInterface {
  readonly name = 'DeliveryOrder1700000000005';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE federation.delivery_chunks ADD COLUMN order_key text;
      ALTER TABLE federation.delivery_retries ADD COLUMN order_key text;
      CREATE INDEX delivery_chunks_order ON federation.delivery_chunks (order_key, body_id)
        WHERE state = 'pending' AND order_key IS NOT NULL;
      CREATE INDEX delivery_retries_order ON federation.delivery_retries (order_key, inbox, body_id)
        WHERE state = 'pending' AND order_key IS NOT NULL;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE federation.delivery_chunks DROP COLUMN order_key;
      ALTER TABLE federation.delivery_retries DROP COLUMN order_key;
    `);
  }
}
