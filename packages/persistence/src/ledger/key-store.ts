import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import type { AccountId } from '@trunkline/kernel';
import type { Queryable } from '../database.js';

/** Encrypts private keys; the platform's key ring. `aad` binds a sealed value to its place. */
export interface Sealer {
  encrypt(plain: Buffer, aad: string): string;
  decrypt(sealed: string, aad: string): Buffer;
}

export interface SigningKeyPair {
  /** SPKI, PEM. */
  readonly publicKeyPem: string;
  /** PKCS 8, PEM. */
  readonly privateKeyPem: string;
}

interface SealedPair extends Record<string, unknown> {
  readonly account_id?: AccountId;
  readonly public_key_pem: string;
  readonly private_key_sealed: string;
}

const generate = promisify(generateKeyPair);
const INSTANCE_AAD = 'instance-key';
const accountAad = (accountId: AccountId): string => `account-key:${accountId}`;
const proofAad = (accountId: AccountId): string => `proof-key:${accountId}`;

/** The instance actor's key, which every fetcher may use. Made when it is first needed. */
export class InstanceKeyStore {
  constructor(
    private readonly db: Queryable,
    private readonly sealer: Sealer,
  ) {}

  /** Of two copies that make the key at once, one wins; both get the winner's. */
  async getOrCreate(): Promise<SigningKeyPair> {
    const found = await this.find();
    if (found !== null) return found;
    const pair = await newPair();
    await this.db.query(
      `INSERT INTO keys.instance_key (public_key_pem, private_key_sealed) VALUES ($1, $2) ON CONFLICT DO NOTHING`,
      [pair.publicKeyPem, this.sealer.encrypt(Buffer.from(pair.privateKeyPem), INSTANCE_AAD)],
    );
    const kept = await this.find();
    if (kept === null) throw new Error('the instance key vanished while it was made');
    return kept;
  }

  private async find(): Promise<SigningKeyPair | null> {
    const [row] = await this.db.query<SealedPair>('SELECT public_key_pem, private_key_sealed FROM keys.instance_key LIMIT 1');
    return row === undefined ? null : opened(row, this.sealer, INSTANCE_AAD);
  }
}

/** Keys of local accounts. Only the outbox's role may read them. */
export class AccountKeyStore {
  constructor(
    private readonly db: Queryable,
    private readonly sealer: Sealer,
  ) {}

  /** RSA 2048, made off the event loop when first asked for. Of two copies that make it at once, one wins. */
  async getOrCreate(accountId: AccountId): Promise<SigningKeyPair> {
    const found = (await this.find([accountId])).get(accountId);
    if (found !== undefined) return found;
    const pair = await newPair();
    await this.db.query(
      `INSERT INTO keys.account_keys (account_id, public_key_pem, private_key_sealed) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
      [accountId, pair.publicKeyPem, this.sealer.encrypt(Buffer.from(pair.privateKeyPem), accountAad(accountId))],
    );
    const kept = (await this.find([accountId])).get(accountId);
    if (kept === undefined) throw new Error(`the key of account ${accountId} vanished while it was made`);
    return kept;
  }

  /** Those that exist. */
  async find(accountIds: readonly AccountId[]): Promise<Map<AccountId, SigningKeyPair>> {
    const rows = await this.db.query<SealedPair & { account_id: AccountId }>(
      `SELECT account_id, public_key_pem, private_key_sealed FROM keys.account_keys WHERE account_id = ANY($1) LIMIT $2`,
      [accountIds, accountIds.length],
    );
    return new Map(rows.map((row) => [row.account_id, opened(row, this.sealer, accountAad(row.account_id))]));
  }

  /** After the account's own Delete was delivered: its signature must be checkable until then. */
  async delete(accountId: AccountId): Promise<void> {
    await this.db.query('DELETE FROM keys.account_keys WHERE account_id = $1', [accountId]);
  }
}

/** Ed25519 keys, which sign what is said to everybody (FEP-8b32). Only the outbox's role may read them; id 0 stands for the server itself. */
export class ProofKeyStore {
  constructor(
    private readonly db: Queryable,
    private readonly sealer: Sealer,
  ) {}

  /** Made when first asked for, of older accounts too. Of two copies that make it at once, one wins; both get the winner's. */
  async getOrCreate(accountId: AccountId): Promise<SigningKeyPair> {
    const found = (await this.find([accountId])).get(accountId);
    if (found !== undefined) return found;
    const pair = await newProofPair();
    await this.db.query(
      `INSERT INTO keys.proof_keys (account_id, public_key_pem, private_key_sealed) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
      [accountId, pair.publicKeyPem, this.sealer.encrypt(Buffer.from(pair.privateKeyPem), proofAad(accountId))],
    );
    const kept = (await this.find([accountId])).get(accountId);
    if (kept === undefined) throw new Error(`the proof key of account ${accountId} vanished while it was made`);
    return kept;
  }

  /** Those that exist. */
  async find(accountIds: readonly AccountId[]): Promise<Map<AccountId, SigningKeyPair>> {
    const rows = await this.db.query<SealedPair & { account_id: AccountId }>(
      `SELECT account_id, public_key_pem, private_key_sealed FROM keys.proof_keys WHERE account_id = ANY($1) LIMIT $2`,
      [accountIds, accountIds.length],
    );
    return new Map(rows.map((row) => [row.account_id, opened(row, this.sealer, proofAad(row.account_id))]));
  }
}

function opened(row: SealedPair, sealer: Sealer, aad: string): SigningKeyPair {
  return { publicKeyPem: row.public_key_pem, privateKeyPem: sealer.decrypt(row.private_key_sealed, aad).toString('utf8') };
}

async function newPair(): Promise<SigningKeyPair> {
  const { publicKey, privateKey } = await generate('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return { publicKeyPem: publicKey, privateKeyPem: privateKey };
}

async function newProofPair(): Promise<SigningKeyPair> {
  const { publicKey, privateKey } = await generate('ed25519', {
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return { publicKeyPem: publicKey, privateKeyPem: privateKey };
}
