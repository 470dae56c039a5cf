import { randomBytes, scrypt, timingSafeEqual, type ScryptOptions } from 'node:crypto';
import { unavailable } from '@trunkline/kernel';
import { Turnstile } from './turnstile.js';

/** About 60 ms and 32 MiB a hash (OWASP's scrypt profile N=2^15, r=8, p=3 halved in p for small machines). */
const COST = { N: 2 ** 15, r: 8, p: 1 } as const;
const KEY_BYTES = 32;
/** Of a stored hash, so that a damaged row cannot ask for gigabytes. */
const LOG2_N_MAX = 18;
/** One for the process, whatever runs in it: a storm of sign-ins must not take every thread of its pool. */
const turnstile = new Turnstile({ atOnceMax: 2, waitingMax: 100 });

/** `$scrypt$ln=15,r=8,p=1$salt$hash`, base64 without padding (PHC string format). */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password, salt, COST);
  return `$scrypt$ln=${Math.log2(COST.N)},r=${COST.r},p=${COST.p}$${text(salt)}$${text(key)}`;
}

/** Whether the password is the one that was hashed. Takes as long for a wrong one, and for a hash that is damaged. */
export async function isPassword(password: string, stored: string | null): Promise<boolean> {
  const parts = /^\$scrypt\$ln=(\d{1,2}),r=(\d),p=(\d)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/.exec(stored ?? '');
  if (parts === null || Number(parts[1]) < 1 || Number(parts[1]) > LOG2_N_MAX || Number(parts[2]) < 1 || Number(parts[3]) < 1) {
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

function derive(password: string, salt: Buffer, cost: { N: number; r: number; p: number }): Promise<Buffer> {
  const options: ScryptOptions = { ...cost, maxmem: 256 * cost.N * cost.r };
  const work = () =>
    new Promise<Buffer>((resolve, reject) => {
      // One spelling for one password, whichever keyboard composed its accents.
      scrypt(password.normalize('NFKC'), salt, KEY_BYTES, options, (error, key) => (error === null ? resolve(key) : reject(error)));
    });
  return turnstile.pass(work, () => unavailable('too_many_sign_ins', 5));
}
