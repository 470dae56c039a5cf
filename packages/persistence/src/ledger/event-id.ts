import { randomBytes } from 'node:crypto';

/**
 * A fresh UUID of version 7 (RFC 9562 section 5.7): 48 bits of Unix milliseconds, the rest random. The time in
 * it only narrows searches, so a process's own clock is good enough.
 */
export function newEventId(unixMs: number = Date.now()): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(unixMs, 0, 6);
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
