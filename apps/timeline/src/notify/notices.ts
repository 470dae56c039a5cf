import type { Account, NotificationType } from '@trunkline/domain';
import type { AccountId, Snowflake } from '@trunkline/kernel';
import {
  isDomainSuspended,
  isSilenced,
  isVisible,
  viewerOf,
  type IdSource,
  type LivePort,
  type NewNotification,
  type NotificationStore,
  type PolicyPort,
  type ReportStore,
  type SocialReads,
  type StatusView,
} from '@trunkline/social';
import type { FreshPosts } from '../reading/fresh-posts.js';

export interface NotifyPorts {
  readonly store: SocialReads;
  readonly posts: Pick<FreshPosts, 'load'>;
  readonly notifications: NotificationStore;
  readonly reports: ReportStore;
  readonly users: { moderatorAccountIds(): Promise<AccountId[]> };
  readonly ids: IdSource;
  readonly live: LivePort;
  readonly policy: PolicyPort;
  /** What servers may say to people who do not follow the sender: of so many notices from a domain so many. */
  readonly strangers: { admit(domain: string, count: number): Promise<number> };
}

export interface Notice {
  readonly accountId: AccountId;
  readonly type: NotificationType;
  readonly fromAccountId: AccountId;
  readonly statusId?: Snowflake;
  readonly reportId?: Snowflake;
  readonly fact: string;
}

/** Of what an event has people told. `about`: the post, which they have to be allowed to see; null: there is none. */
export interface Telling {
  readonly eventId: string;
  readonly about: StatusView | null;
  readonly notices: readonly Notice[];
}

type Placed = Notice & Pick<Telling, 'about'>;

/** In one statement. Who is tied to whom is asked for all pairs of them: more at once would cost more, not less. */
export const NOTICES_AT_ONCE = 200;

/**
 * Stores what the recipients want to hear, once, and tells their streams; those of a whole batch together. Only people here are notified.
 *
 * @returns what failed, by event: what cannot be told takes no others with it
 */
export const tellAll = (ports: NotifyPorts, tellings: readonly Telling[]): Promise<ReadonlyMap<string, unknown>> => together(tellings, (some) => tell(ports, some));

/** Taken back, it is as if it had not been: nobody is told any more, also when this is heard before the fact itself. @returns what failed, by event */
export const withdrawAll = (ports: NotifyPorts, tellings: readonly Telling[]): Promise<ReadonlyMap<string, unknown>> => together(tellings, (some) => withdraw(ports, some));

/** A part of them at once; one by one when that fails. */
async function together(tellings: readonly Telling[], work: (some: readonly Telling[]) => Promise<void>): Promise<ReadonlyMap<string, unknown>> {
  const failed = new Map<string, unknown>();
  for (const part of partsOf(tellings.filter(({ notices }) => notices.length > 0))) {
    const isDone = await work(part).then(() => true, () => false);
    if (!isDone) for (const one of part) await work([one]).catch((reason: unknown) => void failed.set(one.eventId, reason));
  }
  return failed;
}

function partsOf(tellings: readonly Telling[]): Telling[][] {
  const parts: Telling[][] = [];
  let size = NOTICES_AT_ONCE;
  for (const telling of tellings) {
    size += telling.notices.length;
    if (size > NOTICES_AT_ONCE) {
      parts.push([]);
      size = telling.notices.length;
    }
    parts.at(-1)?.push(telling);
  }
  return parts;
}

const placed = (tellings: readonly Telling[]): Placed[] => tellings.flatMap(({ about, notices }) => notices.map((notice) => ({ ...notice, about })));

async function tell(ports: NotifyPorts, tellings: readonly Telling[]): Promise<void> {
  // Nobody is told of what they did themselves; that a poll ended nobody did.
  const outsiders = placed(tellings).filter((notice) => notice.accountId !== notice.fromAccountId || notice.type === 'poll');
  if (outsiders.length === 0) return;
  const wanted = await withinBudget(ports, await wantedBy(ports, outsiders));
  if (wanted.length === 0) return;
  for (const stored of await ports.notifications.insert(wanted.map((notice) => rowOf(ports, notice)))) {
    ports.live.toUsers([stored.accountId], { type: 'notification', notificationId: stored.id });
  }
}

interface Wanted {
  readonly notice: Placed;
  /** Of a sender elsewhere whom the recipient does not follow. */
  readonly strangeDomain: string | null;
}

/** Told whoever it comes from: the recipient asked for it, voted, or quoted. */
const ASKED_FOR: readonly NotificationType[] = ['status', 'update', 'poll', 'quoted_update'];

/** Of what strangers say only so much is told. */
async function withinBudget(ports: NotifyPorts, wanted: readonly Wanted[]): Promise<Placed[]> {
  const leftOut = new Set<Placed>();
  const strange = wanted.filter(({ strangeDomain }) => strangeDomain !== null);
  await Promise.all(
    [...Map.groupBy(strange, ({ strangeDomain }) => strangeDomain ?? '')].map(async ([domain, theirs]) => {
      const admitted = await ports.strangers.admit(domain, theirs.length);
      for (const { notice } of theirs.slice(admitted)) leftOut.add(notice);
    }),
  );
  return wanted.flatMap(({ notice }) => (leftOut.has(notice) ? [] : [notice]));
}

/** Left out: people elsewhere, senders blocked or muted or on suspended servers, and posts the recipient cannot see. */
async function wantedBy(ports: NotifyPorts, notices: readonly Placed[]): Promise<Wanted[]> {
  const fromIds = notices.map((notice) => notice.fromAccountId);
  const accounts = await ports.store.accountsByIds([...new Set([...fromIds, ...notices.map((notice) => notice.accountId)])]);
  const known = new Map(accounts.map((account) => [account.id, account]));
  const recipients = [...new Set(notices.map((notice) => notice.accountId).filter((id) => isHere(known.get(id))))];
  const others = [...new Set([...fromIds, ...notices.flatMap(({ about }) => about?.author.id ?? [])])];
  const ties = recipients.length === 0 ? new Map() : await ports.store.tiesOfMany(recipients, others);
  return notices.flatMap((notice): Wanted[] => {
    const from = known.get(notice.fromAccountId);
    if (!isHere(known.get(notice.accountId)) || from === undefined || from.deletedAt !== null) return [];
    // Moderators hear of reports and sign-ups whoever they come from.
    if (notice.type.startsWith('admin.')) return [{ notice, strangeDomain: null }];
    if (from.suspendedAt !== null || isDomainSuspended(ports.policy.current(), from)) return [];
    const viewer = viewerOf(notice.accountId, ties.get(notice.accountId) ?? new Map());
    const toSender = viewer.tiesTo(from.id);
    if (toSender.blockedEitherWay || toSender.mutes || toSender.blocksDomain) return [];
    // Limited accounts, and those of limited servers, reach only those who follow them.
    if (isSilenced(ports.policy.current(), from) && !toSender.follows) return [];
    if (notice.about !== null && !isVisible(ports, notice.about, viewer)) return [];
    return [{ notice, strangeDomain: toSender.follows || ASKED_FOR.includes(notice.type) ? null : from.domain }];
  });
}

const isHere = (account: Account | undefined): boolean =>
  account !== undefined && account.domain === null && account.deletedAt === null && account.suspendedAt === null;

async function withdraw(ports: NotifyPorts, tellings: readonly Telling[]): Promise<void> {
  // Each fact once: the same event may stand twice in a batch.
  const notices = [...new Map(placed(tellings).map((notice) => [`${notice.accountId} ${notice.type} ${notice.fact}`, notice])).values()];
  const accounts = await ports.store.accountsByIds([...new Set(notices.map((notice) => notice.accountId))]);
  const here = new Set(accounts.filter((account) => account.domain === null).map((account) => account.id));
  await ports.notifications.withdraw(notices.filter((notice) => here.has(notice.accountId)).map((notice) => rowOf(ports, notice)));
}

const rowOf = (ports: NotifyPorts, { about: _, ...notice }: Placed): NewNotification => ({
  ...notice,
  id: ports.ids.next(),
  statusId: notice.statusId ?? null,
  reportId: notice.reportId ?? null,
});
