import type { List } from '@trunkline/domain';
import { recordNotFound } from '@trunkline/mastodon-api';
import { personOf, type Backbone } from '@trunkline/platform';
import type { FastifyRequest } from 'fastify';
import { recordId } from '../rendering/record-id.js';

/** The list with the id in the path, if it belongs to whoever asks. @throws AppError 404 */
export async function findList({ lists }: Pick<Backbone, 'lists'>, request: FastifyRequest, idInPath: string): Promise<List> {
  const list = await lists.find(personOf(request).account.id, recordId(idInPath));
  if (list === null) throw recordNotFound();
  return list;
}
