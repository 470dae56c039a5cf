import { AccountUpdatedV1 } from '@trunkline/contracts';
import { cleanText, type Account, type User, type Visibility } from '@trunkline/domain';
import type { Snowflake } from '@trunkline/kernel';
import type { UpdateCredentialsInput } from '@trunkline/mastodon-api';
import { acceptFollow, type AccountChange, type SocialPorts } from '@trunkline/social';

export interface UpdatePorts extends Pick<SocialPorts, 'store'> {
  readonly users: {
    setDefaults(userId: Snowflake, defaults: { visibility?: Visibility; sensitive?: boolean; language?: string | null }): Promise<void>;
  };
}

/** Requests let in when an account is unlocked, a page at a time. */
const REQUESTS_PER_PAGE = 80;
const REQUEST_PAGES_MAX = 100;

/** Writes what changed of a profile, and tells others in the same transaction; defaults of new posts are told to nobody. */
export async function updateProfile(
  ports: UpdatePorts,
  person: { readonly account: Account; readonly user: Pick<User, 'id'> },
  input: UpdateCredentialsInput,
): Promise<void> {
  const { account, user } = person;
  const change = changeOf(account, input);
  if (Object.keys(change).length > 0) {
    await ports.store.transaction(async (tx) => {
      await tx.updateAccount(account.id, change);
      await tx.appendEvent(AccountUpdatedV1, { accountId: account.id, local: true });
    });
  }
  await ports.users.setDefaults(user.id, {
    ...given('visibility', input.defaultVisibility),
    ...given('sensitive', input.defaultSensitive),
    ...given('language', input.defaultLanguage),
    ...given('quotePolicy', input.defaultQuotePolicy),
  });
  if (account.locked && input.locked === false) await letWaitingIn(ports, account);
}

/** Only what is said and differs: a client that sends its whole form back must not wake up every peer. */
export function changeOf(account: Account, input: UpdateCredentialsInput): AccountChange {
  const wanted: AccountChange = {
    ...given('displayName', input.displayName === undefined ? undefined : cleanText(input.displayName)),
    ...given('note', input.note === undefined ? undefined : cleanText(input.note)),
    ...given('locked', input.locked),
    ...given('discoverable', input.discoverable),
    ...given('indexable', input.indexable),
    ...given('hideCollections', input.hideCollections),
    ...given('actorType', input.bot === undefined ? undefined : input.bot ? ('Service' as const) : ('Person' as const)),
    ...given('fields', input.fields?.map((field) => fieldOf(account, field))),
  };
  const changed = Object.entries(wanted).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(account[name as keyof Account]),
  );
  return Object.fromEntries(changed);
}

/** A link that was proved to lead back stays proved while it stays the same. */
function fieldOf(account: Account, { name, value }: { readonly name: string; readonly value: string }): Account['fields'][number] {
  const clean = cleanText(value);
  return { name: cleanText(name), value: clean, verifiedAt: account.fields.find((field) => field.value === clean)?.verifiedAt ?? null };
}

const given = <K extends string, V>(name: K, value: V | undefined): { readonly [P in K]?: V } =>
  (value === undefined ? {} : { [name]: value }) as { readonly [P in K]?: V };

/** Nobody waits at an open door: as in Mastodon, unlocking lets in who asked. */
async function letWaitingIn(ports: UpdatePorts, account: Account): Promise<void> {
  for (let page = 0; page < REQUEST_PAGES_MAX; page += 1) {
    const waiting = await ports.store.followRequestIds(account.id, { limit: REQUESTS_PER_PAGE, maxId: null, sinceId: null, minId: null });
    for (const { id } of waiting) await acceptFollow(ports, id, account.id);
    if (waiting.length < REQUESTS_PER_PAGE) return;
  }
}
