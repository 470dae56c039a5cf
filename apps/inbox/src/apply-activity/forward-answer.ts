import { createHash } from 'node:crypto';
import { parseLocalUri, type IncomingActivity, type RemoteNote } from '@trunkline/activitypub';
import { StatusForwardedV1, type EventOf } from '@trunkline/contracts';
import type { Status } from '@trunkline/domain';
import type { AccountId, Snowflake } from '@trunkline/kernel';
import type { ApplyPorts } from './ports.js';

/** People here who passed a post on and whose followers hear of its end; each of their servers gets it once. */
const BOOSTERS_MAX = 19;

/** A Delete is applied and passed on at once. */
const JUST_ENDED_MS = 60_000;

type Forward = Omit<EventOf<typeof StatusForwardedV1>, 'eventId'>;

/** Whether others can tell from the activity itself that its actor wrote it: nothing else is passed on. */
const vouchesForItself = ({ id, raw }: IncomingActivity): boolean =>
  id !== null && ['signature', 'proof'].some((name) => typeof raw[name] === 'object' && raw[name] !== null);

/** A new answer to a post of ours, to be passed on to the followers of who is answered; null: it is none. */
export function forwardOfAnswer({ settings }: Pick<ApplyPorts, 'settings'>, rowId: Snowflake, activity: IncomingActivity, note: RemoteNote): Forward | null {
  const answered = note.inReplyToUri === null ? null : parseLocalUri(settings.baseUrl, note.inReplyToUri);
  const isOpen = note.visibility === 'public' || note.visibility === 'unlisted';
  if (answered?.kind !== 'status' || !isOpen || !vouchesForItself(activity)) return null;
  return forwardBy(rowId, note.uri, [answered.accountId]);
}

/** After an activity was applied one by one: has an answer, its edit or its end passed on to those whose thread it is. */
export async function forwardApplied(ports: ApplyPorts, rowId: Snowflake, activity: IncomingActivity): Promise<void> {
  const { uri } = activity.object;
  if (uri === null || !['Create', 'Update', 'Delete'].includes(activity.type) || !vouchesForItself(activity)) return;
  const [status] = await ports.store.statusesByUris([uri]);
  if (status === undefined || status.local || (status.visibility !== 'public' && status.visibility !== 'unlisted')) return;
  // Told again of what ended before, nobody is told again.
  if (activity.type === 'Delete' && (status.deletedAt === null || ports.clock.nowMs() - status.deletedAt.getTime() > JUST_ENDED_MS)) return;
  const others = activity.type === 'Create' ? [] : await ports.store.interactedAccountIds(status.id, BOOSTERS_MAX);
  const people = await ports.store.accountsByIds([...new Set([...(status.inReplyToAccountId === null ? [] : [status.inReplyToAccountId]), ...others])]);
  const here = people.filter((account) => account.domain === null && account.suspendedAt === null && account.deletedAt === null);
  if (here.length === 0 || !(await ports.mayForward(activity.actorUri))) return;
  const forward = forwardBy(rowId, uri, here.map(({ id }) => id));
  await ports.store.transaction((tx) => tx.appendEvent(StatusForwardedV1, forward));
}

/** A stamp ended by which people here quote: who holds the quotes has to hear of it, and the quoted author's server knows nothing of them. */
export async function forwardRevoked(ports: ApplyPorts, rowId: Snowflake, activity: IncomingActivity, revoked: readonly Status[]): Promise<void> {
  const { uri } = activity.object;
  const isOpen = ({ local, visibility }: Status): boolean => local && (visibility === 'public' || visibility === 'unlisted');
  const quoterIds = [...new Set(revoked.filter(isOpen).map(({ accountId }) => accountId))].slice(0, BOOSTERS_MAX);
  if (uri === null || quoterIds.length === 0 || !vouchesForItself(activity) || !(await ports.mayForward(activity.actorUri))) return;
  await ports.store.transaction((tx) => tx.appendEvent(StatusForwardedV1, forwardBy(rowId, uri, quoterIds)));
}

const forwardBy = (inboundId: Snowflake, objectUri: string, senderIds: AccountId[]): Forward => ({
  inboundId,
  senderIds,
  about: createHash('sha256').update(objectUri).digest('hex'),
});
