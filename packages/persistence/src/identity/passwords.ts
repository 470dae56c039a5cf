import { randomBytes, scrypt, timingSafeEqual, type ScryptOptions } from 'node:crypto';
import { unavailable } from '@trunkline/kernel';

/** About 60 ms and 32 MiB a hash (OWASP's scrypt profile N=2^15, r=8, p=3 halved in p for small machines). */
const COST = { N: 2 ** 15, r: 8, p: 1 } as const;
const KEY_BYTES = 32;
/** Hashes under way at once: a storm of sign-ins must not take every thread of the process. */
const AT_ONCE_MAX = 2;
const WAITING_MAX = 100;

let running = 0;
const waiting: (() => void)[] = [];

/** `$scrypt$ln=15,r=8,p=1$salt$hash`, base64 without padding (PHC string format). */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password, salt, COST);
  return `$scrypt$ln=${Math.log2(COST.N)},r=${COST.r},p=${COST.p}$${text(salt)}$${text(key)}`;
}

/** Whether the password is the one that was hashed. Takes as long for a wrong one, and for a hash that is damaged. */
export async function isPassword(password: string, stored: string | null): Promise<boolean> {
  const parts = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/.exec(stored ?? '');
  if (parts === null) {
    // An unknown address must cost what a known one does, or answers tell who has an account.
    await derive(password, Buffer.alloc(16), COST);
    return false;
  }
  const [, logN, r, p, salt, hash] = parts;
  const expected = Buffer.from(hash ?? '', 'base64');
  const key = await derive(password, Buffer.from(salt ?? '', 'base64'), { N: 2 ** Number(logN), r: Number(r), p: Number(p) });
  return key.length === expected.length && timingSafeEqual(key, expected);
}

const text = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');

async function derive(password: string, salt: Buffer, cost: { N: number; r: number; p: number }): Promise<Buffer> {
  await enter();
  try {
    const options: ScryptOptions = { ...cost, maxmem: 256 * cost.N * cost.r };
    return await new Promise((resolve, reject) => {
      scrypt(password.normalize('NFKC'), salt, KEY_BYTES, options, (error, key) => (error === null ? resolve(key) : reject(error)));
    });
  } finally {
    running -= 1;
    waiting.shift()?.();
  }
}

async function enter(): Promise<void> {
  if (running >= AT_ONCE_MAX) {
    if (waiting.length >= WAITING_MAX) throw unavailable('too_many_sign_ins', 5);
    await new Promise<void>((resolve) => waiting.push(resolve));
  }
  running += 1;
}
