import type { AccountId } from '@trunkline/kernel';
import type { Backbone } from '@trunkline/platform';
import { fragmentsJson, type FragmentView, type StatusReader } from '@trunkline/social';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Statuses from fragments. The guard looked for changes already when it asked who this is. */
export const statusReader = ({ fragments }: Backbone, { isSynced }: FastifyRequest): StatusReader<FragmentView> =>
  isSynced === undefined ? fragments : fragments.synced({ told: isSynced });

/** Statuses that were judged visible as the JSON of the answer, in the order given. */
export const statusList = (reply: FastifyReply, viewerId: AccountId | null, views: readonly FragmentView[]): Buffer => asJson(reply, fragmentsJson(views, viewerId));

/** JSON that is sent as it is. */
export function asJson(reply: FastifyReply, json: Buffer): Buffer {
  reply.header('Content-Type', 'application/json; charset=utf-8');
  return json;
}
