import type { Notification, StatusFlags } from '@trunkline/domain';
import type { AccountId, Snowflake, StatusId } from '@trunkline/kernel';
import { presentNotifications, presentStatuses, viewNotifications, type AccountPresenting, type NotificationPresenting, type StatusView } from '@trunkline/social';

/**
 * For whom a status is written: as public streams show it (no marks of anybody's own), as somebody sees it who never
 * touched it, or as one account sees it.
 */
export type Eyes = 'anonymous' | 'fresh' | AccountId;

export const statusKey = (view: StatusView, eyes: Eyes): string => `${eyes} ${view.status.id} ${quoteKey(view.boosted ?? view)}`;

/** What of a quote, and of whether one may quote, differs from reader to reader: they were judged for each. */
const quoteKey = ({ permission, quote, quoted }: StatusView): string =>
  quote === null || quoted === null ? `${permission} ${quote?.state}` : `${permission} ${quote.state} ${quoted.permission} ${quoted.quote?.state}`;

const UNTOUCHED: StatusFlags = { favourited: false, boosted: false, bookmarked: false, muted: false, pinned: false };
/** Queries under way at once: the pool is shared with everything else. */
const VIEWERS_AT_ONCE = 4;

/** JSON texts by `statusKey`; what many see alike is rendered once. */
export async function renderStatuses(
  ports: AccountPresenting,
  wanted: readonly { readonly view: StatusView; readonly eyes: Eyes }[],
): Promise<ReadonlyMap<string, string>> {
  const distinct = [...new Map(wanted.map((one) => [statusKey(one.view, one.eyes), one])).entries()];
  const flagged = await withFlags(ports, distinct.map(([, one]) => one));
  // A status may be pinned by its author alone, so what authors see is rendered apart from what others see.
  const authors = flagged.map(({ view, eyes }) => (eyes === view.author.id ? view.author.id : null));
  const texts = new Map<string, string>();
  for (const author of new Set(authors)) {
    const mine = distinct.map(([key], at) => ({ key, view: flagged[at]?.view })).filter((_, at) => authors[at] === author);
    const views = mine.flatMap(({ view }) => view ?? []);
    const rendered = await presentStatuses(ports, author, views);
    mine.forEach(({ key }, at) => texts.set(key, JSON.stringify(rendered[at])));
  }
  return texts;
}

async function withFlags(
  ports: AccountPresenting,
  wanted: readonly { readonly view: StatusView; readonly eyes: Eyes }[],
): Promise<{ view: StatusView; eyes: Eyes }[]> {
  const byViewer = new Map<AccountId, StatusId[]>();
  for (const { view, eyes } of wanted) {
    if (eyes === 'anonymous' || eyes === 'fresh') continue;
    byViewer.set(eyes, [...(byViewer.get(eyes) ?? []), ...idsIn(view)]);
  }
  const flags = new Map<AccountId, ReadonlyMap<StatusId, StatusFlags>>();
  await inTurns([...byViewer], async ([viewerId, ids]) => {
    flags.set(viewerId, await ports.store.statusFlags(viewerId, [...new Set(ids)]));
  });
  return wanted.map(({ view, eyes }) => {
    if (eyes === 'anonymous') return { view, eyes };
    const known = eyes === 'fresh' ? undefined : flags.get(eyes);
    return { view: seenWith(view, (id) => known?.get(id) ?? UNTOUCHED), eyes };
  });
}

const idsIn = (view: StatusView): StatusId[] => [
  view.status.id,
  ...(view.boosted === null ? [] : idsIn(view.boosted)),
  ...(view.quoted === null ? [] : idsIn(view.quoted)),
];

const seenWith = (view: StatusView, flagsOf: (id: StatusId) => StatusFlags): StatusView => ({
  ...view,
  boosted: view.boosted === null ? null : seenWith(view.boosted, flagsOf),
  quoted: view.quoted === null ? null : seenWith(view.quoted, flagsOf),
  flags: flagsOf(view.status.id),
});

type NoticePorts = NotificationPresenting & {
  readonly notifications: { byIds(accountId: AccountId, ids: readonly Snowflake[]): Promise<Notification[]> };
};

/** JSON texts by notification id; those that may not be shown any more are left out. */
export async function renderNotifications(
  ports: NoticePorts,
  wanted: readonly { readonly accountId: AccountId; readonly id: Snowflake }[],
): Promise<ReadonlyMap<Snowflake, string>> {
  const byAccount = new Map<AccountId, Set<Snowflake>>();
  for (const { accountId, id } of wanted) byAccount.set(accountId, (byAccount.get(accountId) ?? new Set<Snowflake>()).add(id));
  const texts = new Map<Snowflake, string>();
  await inTurns([...byAccount], async ([accountId, ids]) => {
    const shown = await viewNotifications(ports, accountId, await ports.notifications.byIds(accountId, [...ids]));
    for (const json of await presentNotifications(ports, accountId, shown)) texts.set(json.id as Snowflake, JSON.stringify(json));
  });
  return texts;
}

/** Works through a list, a few at a time. */
async function inTurns<T>(list: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  const rest = list[Symbol.iterator]();
  const lane = async (): Promise<void> => {
    for (const one of rest) await work(one);
  };
  await Promise.all(Array.from({ length: VIEWERS_AT_ONCE }, lane));
}
