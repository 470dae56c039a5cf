import { BatchFailure } from '@trunkline/messaging';
import { isFeedsDown } from '@trunkline/social';

/** Events of one batch worked on at the same time. */
const AT_ONCE = 8;

/**
 * Works through a batch, a few events at a time, and notes what is done. One bad event fails alone: the others of
 * its batch count as done. Feeds that are away are no failure: Redis holds nothing that a read cannot rebuild.
 */
export async function handleBatch<E extends { readonly eventId: string }>(
  done: (eventIds: readonly string[]) => Promise<void>,
  events: readonly E[],
  handle: (event: E) => Promise<void>,
): Promise<void> {
  const failed = new Map<string, unknown>();
  for (let from = 0; from < events.length; from += AT_ONCE) {
    const slice = events.slice(from, from + AT_ONCE);
    const results = await Promise.allSettled(slice.map(handle));
    results.forEach((result, index) => {
      const event = slice[index];
      if (result.status === 'rejected' && event !== undefined && !isFeedsDown(result.reason)) {
        failed.set(event.eventId, result.reason);
      }
    });
  }
  await conclude(done, events, failed);
}

/** The end of a batch whose events were worked on together: notes what is done, and hands back what failed. */
export async function conclude<E extends { readonly eventId: string }>(
  done: (eventIds: readonly string[]) => Promise<void>,
  events: readonly E[],
  failed: ReadonlyMap<string, unknown>,
): Promise<void> {
  const finished = events.filter((event) => !failed.has(event.eventId)).map((event) => event.eventId);
  if (finished.length > 0) await done(finished);
  if (failed.size > 0) throw new BatchFailure(failed);
}
