import { parseTombstone } from '@trunkline/activitypub';
import type { Account } from '@trunkline/domain';
import type { AccountId } from '@trunkline/kernel';
import { deleteActor, type DeleteActorPorts } from '../apply-activity/delete.js';

export interface GonePorts extends DeleteActorPorts {
  readonly deliveries: { takeGone(limit: number): Promise<readonly string[]> };
  readonly idsByInbox: (inbox: string, limit: number) => Promise<readonly AccountId[]>;
  readonly accountsByIds: (ids: readonly AccountId[]) => Promise<readonly Account[]>;
  readonly remote: { fetchObject(uri: string): Promise<{ readonly ok: true; readonly value: { readonly json: unknown } } | { readonly ok: false; readonly error: { readonly code: string } }> };
}

const INBOXES_MAX = 20;
const PEOPLE_MAX = 5;

/**
 * An inbox that answers 410 says that its actor is gone. It is asked once more where it can be sure: who answers 410 at their
 * own id, or is a Tombstone there, is gone from here too. Anything else, also 404, ends nobody. @returns who ended
 */
export async function lookAfterGone(ports: GonePorts): Promise<number> {
  let ended = 0;
  for (const inbox of await ports.deliveries.takeGone(INBOXES_MAX)) {
    const people = await ports.accountsByIds(await ports.idsByInbox(inbox, PEOPLE_MAX));
    for (const actor of people) {
      if (actor.domain === null || actor.deletedAt !== null || !(await isGone(ports, actor.uri))) continue;
      await deleteActor(ports, actor);
      ended += 1;
    }
  }
  return ended;
}

async function isGone({ remote }: Pick<GonePorts, 'remote'>, uri: string): Promise<boolean> {
  const document = await remote.fetchObject(uri);
  return document.ok ? parseTombstone(document.value.json).ok : document.error.code === 'gone';
}
