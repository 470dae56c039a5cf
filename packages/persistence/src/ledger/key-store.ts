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

interface KeysOfAccounts {
  readonly table: 'account_keys' | 'proof_keys';
  readonly aadOf: (accountId: AccountId) => string;
  readonly make: () => Promise<SigningKeyPair>;
}

/** One key pair for each account, sealed, made when it is first asked for. */
abstract class SealedKeyStore {
  protected constructor(
    protected readonly db: Queryable,
    private readonly sealer: Sealer,
    private readonly keys: KeysOfAccounts,
  ) {}

  /** Of two copies that make it at once, one wins; both get the winner's. */
  async getOrCreate(accountId: AccountId): Promise<SigningKeyPair> {
    const { table, aadOf, make } = this.keys;
    const found = (await this.find([accountId])).get(accountId);
    if (found !== undefined) return found;
    const pair = await make();
    await this.db.query(
      `INSERT INTO keys.${table} (account_id, public_key_pem, private_key_sealed) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
      [accountId, pair.publicKeyPem, this.sealer.encrypt(Buffer.from(pair.privateKeyPem), aadOf(accountId))],
    );
    const kept = (await this.find([accountId])).get(accountId);
    if (kept === undefined) throw new Error(`a key of account ${accountId} vanished while it was made`);
    return kept;
  }

  /** Those that exist. */
  async find(accountIds: readonly AccountId[]): Promise<Map<AccountId, SigningKeyPair>> {
    const { table, aadOf } = this.keys;
    const rows = await this.db.query<SealedPair & { account_id: AccountId }>(
      `SELECT account_id, public_key_pem, private_key_sealed FROM keys.${table} WHERE account_id = ANY($1) LIMIT $2`,
      [accountIds, accountIds.length],
    );
    return new Map(rows.map((row) => [row.account_id, opened(row, this.sealer, aadOf(row.account_id))]));
  }
}

/** RSA 2048 keys of local accounts, made off the event loop. Only the outbox's role may read them. */
export class AccountKeyStore extends SealedKeyStore {
  constructor(db: Queryable, sealer: Sealer) {
    super(db, sealer, { table: 'account_keys', aadOf: (accountId) => `account-key:${accountId}`, make: newPair });
  }

  /** After the account's own Delete was delivered: its signature must be checkable until then. */
  async delete(accountId: AccountId): Promise<void> {
    await this.db.query('DELETE FROM keys.account_keys WHERE account_id = $1', [accountId]);
  }
}

/** Ed25519 keys, which sign what is said to everybody (FEP-8b32), of older accounts too. Only the outbox's role may read them; id 0 stands for the server itself. */
export class ProofKeyStore extends SealedKeyStore {
  constructor(db: Queryable, sealer: Sealer) {
    super(db, sealer, { table: 'proof_keys', aadOf: (accountId) => `proof-key:${accountId}`, make: newProofPair });
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
