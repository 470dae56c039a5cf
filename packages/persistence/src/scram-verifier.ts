import { createHash, createHmac, pbkdf2, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';

const ITERATIONS = 4_096;

/**
 * What Postgres stores of a SCRAM-SHA-256 password (RFC 5803), so that the password itself never stands in a
 * statement, where a server's log could show it. The password must be ASCII: SASLprep is not applied.
 */
export async function scramVerifier(password: string): Promise<string> {
  if (!/^[\x21-\x7e]{12,128}$/.test(password)) throw new RangeError('a database password is 12 to 128 printable ASCII characters');
  const salt = randomBytes(16);
  const salted = await promisify(pbkdf2)(password, salt, ITERATIONS, 32, 'sha256');
  const clientKey = createHmac('sha256', salted).update('Client Key').digest();
  const storedKey = createHash('sha256').update(clientKey).digest('base64');
  const serverKey = createHmac('sha256', salted).update('Server Key').digest('base64');
  return `SCRAM-SHA-256$${ITERATIONS}:${salt.toString('base64')}$${storedKey}:${serverKey}`;
}
