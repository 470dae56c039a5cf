import type { AccountId } from '@trunkline/kernel';
import { fragmentJson, type FragmentView } from '@trunkline/social';
import type { FastifyReply } from 'fastify';

/** Statuses that were judged visible as the JSON of the answer, in the order given; it is sent as it is. */
export function statusList(reply: FastifyReply, viewerId: AccountId | null, views: readonly FragmentView[]): string {
  reply.header('Content-Type', 'application/json; charset=utf-8');
  return `[${views.map((view) => fragmentJson(view, viewerId)).join(',')}]`;
}
