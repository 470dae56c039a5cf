import { createHash, randomBytes } from 'node:crypto';

/** A secret for a client: 43 characters of base64url. Only its hash is stored. */
export const newSecret = (): string => randomBytes(32).toString('base64url');

/** SHA-256, hex. Secrets are random and long, so a plain hash is enough. */
export const secretHash = (secret: string): string => createHash('sha256').update(secret).digest('hex');
