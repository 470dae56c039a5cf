import { REPLIES_POLICIES, type Account, type List } from '@trunkline/domain';
import { remakeHomeFeed } from '@trunkline/social';
import type { TestServer } from '@trunkline/testing';
import type { Step } from './home-steps.js';

/** Of a world what lists are about. */
interface Listing {
  readonly server: TestServer;
  readonly lists: readonly List[];
  person(at: number): Account;
}

/** What somebody does with their list; whom they do not follow it does not take. */
export async function changeList(world: Listing, { who, whom, which, does }: Step): Promise<void> {
  const { backbone } = world.server;
  const list = await listOf(world, who);
  const memberId = world.person(whom).id;
  if (does === 'list in') await backbone.lists.add(list, [{ id: backbone.ids.next(), accountId: memberId }]);
  else if (does === 'list out') await backbone.lists.take(list, [memberId]);
  else if (does === 'list answers') await backbone.lists.update(list.accountId, list.id, { repliesPolicy: REPLIES_POLICIES[which % 3] ?? 'none' });
  else await backbone.lists.update(list.accountId, list.id, { exclusive: does === 'list apart' });
  await remakeHomeFeed(backbone, list.accountId);
}

/** As it is now. */
export async function listOf(world: Listing, who: number): Promise<List> {
  const made = world.lists[who] as List;
  const list = await world.server.backbone.lists.find(made.accountId, made.id);
  if (list === null) throw new Error('a list is gone');
  return list;
}
