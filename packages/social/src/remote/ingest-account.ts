import { hostOf, htmlToText, sanitizeHtml, type RemoteActor, type RemoteEmoji } from '@trunkline/activitypub';
import { FollowRequestedV1 } from '@trunkline/contracts';
import { domainVerdict, type Account } from '@trunkline/domain';
import { nowDate, type AccountId } from '@trunkline/kernel';
import type { AccountProfile, NewerEmoji } from '../ports/store-rows.js';
import type { SocialPorts } from '../ports/social-ports.js';
import type { SocialTransaction } from '../ports/social-store.js';
import { accountVerdict } from '../statuses/viewer.js';

/** Markup costs by its tags, and there are fifty fields. */
const [NAME_TAGS_MAX, FIELD_TAGS_MAX] = [4, 32];

/** An index entry takes 2,704 bytes, and a name is longer by half at most in lower case. */
const NAME_BYTES_MAX = 1_600;
const cutToBytes = (text: string, most: number): string => (text.length * 3 <= most ? text : Buffer.from(text).subarray(0, most).toString().replace(/\uFFFD$/, ''));

/** Local followers who follow again after a merge. */
const FOLLOWS_ANEW_MAX = 1_000;

/**
 * A checked actor document → the row other people see. Its handle has been proven by the caller.
 *
 * @param handle.goesOn whoever had the handle under another id is this very person
 */
export function ingestAccount(
  ports: Pick<SocialPorts, 'store' | 'ids' | 'clock' | 'policy'>,
  actor: RemoteActor,
  handle: ActorHandle & { readonly goesOn: boolean },
): Promise<Account> {
  const { profile, newer } = readProfile(ports, actor, handle);
  return ports.store.transaction(async (tx) => {
    await tx.noteEmojis(newer);
    const isMerged = handle.goesOn && (await takesOver(tx, profile));
    const account = await tx.upsertRemoteAccount(profile, { freshId: ports.ids.next(), goesOn: handle.goesOn });
    if (isMerged) await followAnew(tx, account.id);
    return account;
  });
}

export interface ActorHandle {
  readonly username: string;
  readonly domain: string;
}

/** A profile as it is stored, and the emojis that it brings news of. */
export interface ReadProfile {
  readonly profile: AccountProfile;
  readonly newer: readonly NewerEmoji[];
}

/** Without asking anybody. */
export function readProfile(ports: Pick<SocialPorts, 'clock' | 'policy'>, actor: RemoteActor, handle: ActorHandle): ReadProfile {
  const isWelcome = mediaRule(ports, { domain: handle.domain, uri: actor.uri });
  const picture = (url: string | null): string | null => (url !== null && isWelcome({ url }) ? url : null);
  const profile: AccountProfile = {
    username: handle.username,
    domain: handle.domain,
    uri: actor.uri,
    url: actor.url,
    displayName: cutToBytes(htmlToText(actor.displayName, NAME_TAGS_MAX), NAME_BYTES_MAX),
    note: sanitizeHtml(actor.summaryHtml),
    fields: actor.fields.map((field) => ({ name: htmlToText(field.name, NAME_TAGS_MAX), value: sanitizeHtml(field.value, FIELD_TAGS_MAX), verifiedAt: null })),
    emojis: actor.emojis.filter(isWelcome).map(({ shortcode, url, staticUrl }) => ({ shortcode, url, staticUrl })),
    avatarUrl: picture(actor.avatarUrl),
    headerUrl: picture(actor.headerUrl),
    actorType: actor.type,
    locked: actor.locked,
    discoverable: actor.discoverable,
    indexable: actor.indexable,
    hideCollections: null,
    memorial: actor.memorial,
    inboxUrl: actor.inbox,
    sharedInboxUrl: actor.sharedInbox,
    outboxUrl: actor.outbox,
    followersUrl: actor.followers,
    followingUrl: actor.following,
    featuredUrl: actor.featured,
    alsoKnownAs: actor.alsoKnownAs,
    movedToUri: actor.movedTo,
    suspendedByOrigin: actor.suspended,
    createdAt: publishedOr(actor.published, nowDate(ports.clock)),
    fetchedAt: nowDate(ports.clock),
  };
  return { profile, newer: newerEmojis(actor.uri, actor.emojis.filter(isWelcome), nowDate(ports.clock)) };
}

/** Whether a new id comes under the handle of an account that is known here. */
async function takesOver(tx: SocialTransaction, { uri, username, domain }: AccountProfile): Promise<boolean> {
  const [holder] = await tx.accountsByHandles([{ username, domain }]);
  if (holder === undefined || holder.deletedAt !== null || holder.uri === uri) return false;
  return (await tx.accountsByUris([uri])).length === 0;
}

/** The actor behind the new id knows of no follow that the former one accepted: they are asked for again. */
async function followAnew(tx: SocialTransaction, accountId: AccountId): Promise<void> {
  const [page] = await tx.followerPages([{ authorId: accountId, afterId: '0' as AccountId, alsoFollowing: null }], FOLLOWS_ANEW_MAX);
  for (const followerId of page?.ids ?? []) {
    const tie = await tx.follow(followerId, accountId);
    if (tie !== null) await tx.appendEvent(FollowRequestedV1, { followId: tie.id, followerId, targetId: accountId });
  }
}

/** Whether a picture may be shown: none of a server whose media are refused, and none that lies on a suspended one. */
export function mediaRule({ policy }: Pick<SocialPorts, 'policy'>, author: Pick<Account, 'domain' | 'uri'>): (media: { readonly url: string }) => boolean {
  const rules = policy.current();
  if (accountVerdict(rules, author).rejectMedia) return () => false;
  // In limited federation the open servers keep their pictures where they like.
  const blocks = rules.limitedFederation ? { ...rules, limitedFederation: false } : rules;
  return ({ url }) => !domainVerdict(blocks, hostOf(url) ?? '').suspended;
}

/** Those of which their server says when their picture changed. A date to come would keep later ones out. */
export function newerEmojis(actorUri: string, emojis: readonly RemoteEmoji[], now: Date): NewerEmoji[] {
  const host = hostOf(actorUri);
  if (host === null) return [];
  return emojis.flatMap(({ shortcode, url, staticUrl, updated }) => (updated === null ? [] : [{ host, shortcode, url, staticUrl, updatedAt: publishedOr(updated, now) }]));
}

/** The peer's own time when it makes sense, else `now`: a wrong clock must not put anything at the top for ever. */
export function publishedOr(text: string | null, now: Date): Date {
  const at = text === null ? Number.NaN : Date.parse(text);
  if (Number.isNaN(at) || at > now.getTime() || at < 0) return now;
  return new Date(at);
}
