import { until, type TestPerson } from '@trunkline/testing';

/** How long the other side may take to send, fetch and show something. */
export const PATIENCE_MS = 20_000;

export interface StatusSeen {
  readonly id: string;
  readonly uri: string;
  readonly content: string;
  readonly spoiler_text: string;
  readonly visibility: string;
  readonly edited_at: string | null;
  readonly in_reply_to_id: string | null;
  readonly favourites_count: number;
  readonly reblogs_count: number;
  readonly replies_count: number;
  readonly account: AccountSeen;
  readonly mentions: readonly { readonly acct: string }[];
  readonly tags: readonly { readonly name: string }[];
  readonly reblog: StatusSeen | null;
}

export interface AccountSeen {
  readonly id: string;
  readonly acct: string;
  readonly uri: string;
  readonly display_name: string;
  readonly note: string;
}

interface RelationshipSeen {
  readonly following: boolean;
  readonly requested: boolean;
  readonly followed_by: boolean;
  readonly blocked_by: boolean;
}

/** What our person sees of an address; `asks`: their server may be asked for it. */
export async function found(person: TestPerson, address: string, asks: boolean): Promise<{ readonly account: AccountSeen | null; readonly status: StatusSeen | null }> {
  const { accounts, statuses } = await person.api.get<{ accounts: AccountSeen[]; statuses: StatusSeen[] }>(`/api/v2/search?resolve=${asks}&q=${encodeURIComponent(address)}`);
  return { account: accounts[0] ?? null, status: statuses[0] ?? null };
}

/** Their post once it is here. @throws Error when it does not come */
export function arrived(person: TestPerson, uri: string): Promise<StatusSeen> {
  return until(`${uri} here`, async () => (await found(person, uri, false)).status, PATIENCE_MS);
}

/** Our post, as it is now. */
const statusOf = (person: TestPerson, id: string): Promise<StatusSeen> => person.api.get<StatusSeen>(`/api/v1/statuses/${id}`);

/** Waits until a status shows what is looked for. */
export function statusWith(person: TestPerson, id: string, what: string, fits: (status: StatusSeen) => boolean): Promise<StatusSeen> {
  return until(what, async () => {
    const status = await statusOf(person, id);
    return fits(status) ? status : null;
  }, PATIENCE_MS);
}

export async function relationship(person: TestPerson, id: string): Promise<RelationshipSeen> {
  const [one] = await person.api.get<RelationshipSeen[]>(`/api/v1/accounts/relationships?id[]=${id}`);
  if (one === undefined) throw new Error('no relationship was shown');
  return one;
}

export function related(person: TestPerson, id: string, what: string, fits: (one: RelationshipSeen) => boolean): Promise<RelationshipSeen> {
  return until(what, async () => {
    const one = await relationship(person, id);
    return fits(one) ? one : null;
  }, PATIENCE_MS);
}

export const publish = (person: TestPerson, status: string, more: Readonly<Record<string, unknown>> = {}): Promise<StatusSeen> => person.api.post<StatusSeen>('/api/v1/statuses', { status, ...more });

/** A notification of a kind from somebody. */
export function notified(person: TestPerson, type: string, from: string): Promise<{ readonly id: string; readonly status?: StatusSeen }> {
  return until(`a notification of a ${type}`, async () => {
    const all = await person.api.get<{ id: string; type: string; account: AccountSeen; status?: StatusSeen }[]>('/api/v1/notifications?limit=40');
    return all.find((one) => one.type === type && one.account.id === from) ?? null;
  }, PATIENCE_MS);
}

export const onHome = (person: TestPerson, uri: string): Promise<StatusSeen> =>
  until(`${uri} on the home timeline`, async () => (await person.api.get<StatusSeen[]>('/api/v1/timelines/home?limit=40')).find((status) => status.uri === uri || status.reblog?.uri === uri) ?? null, PATIENCE_MS);

/** Waits until a thing is gone here: the address is 404. */
export const goneHere = (person: TestPerson, path: string): Promise<boolean> => until(`${path} to be gone`, async () => (await person.api.ask('GET', path)).status === 404, PATIENCE_MS);
