import type { Interaction } from '@trunkline/activitypub';
import { StatusAskedV1 } from '@trunkline/contracts';
import { mayBoost, type Account, type Status } from '@trunkline/domain';
import type { Snowflake } from '@trunkline/kernel';
import type { SocialPorts } from '../ports/social-ports.js';
import { viewStatus } from '../reading/view-statuses.js';

/** Leave to like, answer or boost, as somebody elsewhere asks for it. */
export interface AskedInteraction {
  readonly what: Interaction;
  /** The peer's id of the request, which the answer names. */
  readonly requestUri: string;
  readonly interactionUri: string;
  readonly asker: Account;
  /** Of this server. */
  readonly status: Status;
}

/** Whoever sees a post of ours may do all three, but boost what not everybody sees. Null: they may not even know of it. */
export async function mayInteract(ports: Pick<SocialPorts, 'store' | 'policy'>, { what, asker, status }: AskedInteraction): Promise<boolean | null> {
  const view = await viewStatus(ports, asker.id, status.id);
  // Who is blocked may know of what everybody may see.
  if (view === null) return status.visibility === 'public' || status.visibility === 'unlisted' ? false : null;
  if (view.boosted !== null) return false;
  return what !== 'announce' || mayBoost({ authorId: status.accountId, visibility: status.visibility }, asker.id);
}

/** The id under which what was asked for stands here; null: it does not. */
export async function standingInteraction(ports: Pick<SocialPorts, 'store'>, { what, asker, status, interactionUri }: AskedInteraction): Promise<Snowflake | null> {
  if (what === 'like') return (await ports.store.favourite(asker.id, status.id))?.id ?? null;
  if (what === 'announce') return (await ports.store.boostIds(asker.id, [status.id]))[0] ?? null;
  const [answer] = await ports.store.statusesByUris([interactionUri]);
  return answer !== undefined && answer.accountId === asker.id && answer.inReplyToId === status.id && answer.deletedAt === null ? answer.id : null;
}

/** Has the asker told: yes for what stands, no where `interactionId` is null. Asked again it is answered again. */
export const answerRequest = (ports: Pick<SocialPorts, 'store'>, asked: AskedInteraction, interactionId: Snowflake | null): Promise<void> =>
  ports.store.transaction((tx) =>
    tx.appendEvent(StatusAskedV1, {
      what: asked.what,
      statusId: asked.status.id,
      authorId: asked.status.accountId,
      askerId: asked.asker.id,
      requestUri: asked.requestUri,
      interactionUri: asked.interactionUri,
      interactionId,
    }),
  );
