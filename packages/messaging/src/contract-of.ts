import * as contracts from '@trunkline/contracts';
import type { EventContract } from '@trunkline/contracts';

/** Far above any event (under 1 KiB) and any doorbell (100 ids), far below the broker's limit. */
export const EVENT_BYTES_MAX = 8 * 1024;

const isContract = (value: unknown): value is EventContract =>
  typeof value === 'object' && value !== null && 'subject' in value && 'publishedBy' in value && 'schema' in value;

const bySubject: ReadonlyMap<string, EventContract> = new Map(
  Object.values<unknown>(contracts)
    .filter(isContract)
    .map((contract) => [contract.subject, contract]),
);

/** The contract of a subject (without the installation's prefix), or null for one that nobody declared. */
export const contractOf = (subject: string): EventContract | null => bySubject.get(subject) ?? null;
