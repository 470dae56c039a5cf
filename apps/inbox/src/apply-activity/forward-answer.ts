import { createHash } from 'node:crypto';
import { audienceList, parseLocalUri, PUBLIC_URI, type IncomingActivity, type RemoteNote } from '@trunkline/activitypub';
import { StatusForwardedV1, type EventOf } from '@trunkline/contracts';
import type { Status } from '@trunkline/domain';
import type { AccountId, Snowflake } from '@trunkline/kernel';
import type { SocialReads, SocialTransaction } from '@trunkline/social';
import type { ApplyPorts } from './ports.js';

/** People here who passed a post on and whose followers hear of its end; each of their servers gets it once. */
const BOOSTERS_MAX = 19;

/** A Delete is applied and passed on at once. */
const JUST_ENDED_MS = 60_000;

type Forward = Omit<EventOf<typeof StatusForwardedV1>, 'eventId'>;

/** Whether others can tell from the activity itself that its actor wrote it: nothing else is passed on. */
const vouchesForItself = ({ id, raw }: IncomingActivity): boolean =>
  id !== null && ['signature', 'proof'].some((name) => typeof raw[name] === 'object' && raw[name] !== null);

/** An edit for fewer people than the post was for goes to nobody else. */
function isForAll({ type, object: { json } }: IncomingActivity): boolean {
  const named = json === null || type !== 'Update' ? [] : [...audienceList(json['to']), ...audienceList(json['cc'])];
  return named.length === 0 || named.includes(PUBLIC_URI);
}

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
  if (status === undefined) return;
  // Told again of what ended before, nobody is told again.
  if (activity.type === 'Delete' && (status.deletedAt === null || ports.clock.nowMs() - status.deletedAt.getTime() > JUST_ENDED_MS)) return;
  const [forward = null] = await askForwards(ports, [{ rowId, activity, status }]);
  if (forward !== null) await ports.store.transaction((tx) => tx.appendEvent(StatusForwardedV1, forward));
}

/** What was applied to a status. */
export interface AppliedTo {
  readonly rowId: Snowflake;
  readonly activity: IncomingActivity;
  readonly status: Status;
}

/** As `forwardsOf`, of those that may be passed on: each is counted. Hence never within a transaction. */
export async function askForwards(ports: Pick<ApplyPorts, 'store' | 'mayForward'>, applied: readonly AppliedTo[]): Promise<(Forward | null)[]> {
  const forwards = await forwardsOf(ports.store, applied);
  return Promise.all(applied.map(async ({ activity }, index) => (forwards[index] == null || !(await ports.mayForward(activity.actorUri)) ? null : forwards[index])));
}

/** For each whether, and by whom, it is passed on: to those whose thread it is, and of edits and ends to whoever interacted. */
export async function forwardsOf(store: Pick<SocialReads, 'interactedWith' | 'accountsByIds'>, applied: readonly AppliedTo[]): Promise<(Forward | null)[]> {
  const open = applied.filter(({ activity, status }) => vouchesForItself(activity) && isForAll(activity) && !status.local && (status.visibility === 'public' || status.visibility === 'unlisted'));
  if (open.length === 0) return applied.map(() => null);
  const others = await store.interactedWith(open.filter(({ activity }) => activity.type !== 'Create').map(({ status }) => status.id), BOOSTERS_MAX);
  const asked = new Map(open.map((one) => [one, [...new Set([one.status.inReplyToAccountId ?? [], others.get(one.status.id) ?? []].flat())]]));
  const people = await store.accountsByIds([...new Set([...asked.values()].flat())]);
  const here = new Set(people.filter((account) => account.domain === null && account.suspendedAt === null && account.deletedAt === null).map(({ id }) => id));
  return applied.map((one) => {
    const senderIds = (asked.get(one) ?? []).filter((id) => here.has(id));
    return senderIds.length === 0 ? null : forwardBy(one.rowId, one.status.uri, senderIds);
  });
}

/** For many rows, as far as there is anything to be passed on. */
export async function announceForwards(tx: SocialTransaction, given: readonly { readonly forward: Forward | null; readonly row: { readonly trace: string | null } }[]): Promise<void> {
  const sent = given.flatMap(({ forward, row }) => (forward === null ? [] : [{ forward, trace: row.trace }]));
  await tx.appendEvents(StatusForwardedV1, sent.map(({ forward }) => forward), sent.map(({ trace }) => trace));
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
