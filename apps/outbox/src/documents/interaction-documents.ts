import { interactionStampUri, likeUri, renderInteractionStamp, renderLike, renderNote, type Interaction, type JsonObject } from '@trunkline/activitypub';
import { NO_TIES } from '@trunkline/domain';
import { notFound, type AccountId, type Snowflake, type StatusId } from '@trunkline/kernel';
import type { AskedRow } from '@trunkline/social';
import { describeNote, renderPublication } from '../describe/describe-status.js';
import { requestFor } from '../describe/request-for-leave.js';
import { idOf, localAccount, type DocumentPorts, type DocumentSource } from './document.js';
import { isServerOf } from './reader.js';
import { around, readableStatus } from './status-documents.js';

/** What stands here of somebody, on or under a post. */
interface Standing {
  readonly accountId: AccountId;
  readonly uri: string;
  readonly targetId: StatusId;
  /** Everybody may know of it. Who boosts is counted in public, whomever they tell. */
  readonly isOpen: boolean;
}

/**
 * The consent to a like, an answer or a boost of a post of ours, for whoever may see that post. It is kept nowhere: posts
 * here are open to whoever sees them, so that whatever stands is agreed to, until it ends or one of the two blocks the other.
 * That there is a private answer is told to the server alone from which it came.
 */
export const interactionStampDocument =
  (what: Interaction, accountId: string, interactionId: string): DocumentSource =>
  async (ports, reader) => {
    const id = idOf(interactionId);
    const standing = await standingAt(ports, what, id);
    if (standing === null) throw notFound();
    const { status: target, isOpen } = await readableStatus(ports, reader, accountId, standing.targetId);
    const [author] = await ports.store.accountsByIds([target.accountId]);
    const ties = (await ports.store.viewerTies(target.accountId, [standing.accountId])).get(standing.accountId) ?? NO_TIES;
    const [interacting] = await ports.store.accountsByIds([standing.accountId]);
    if (author === undefined || interacting === undefined || target.deletedAt !== null || ties.blockedEitherWay) throw notFound();
    if (!standing.isOpen && !(await isServerOf(reader, interacting.uri))) throw notFound();
    const stamp = { id: interactionStampUri(ports.settings.baseUrl, target.accountId, what, id), what, authorUri: author.uri, interactionUri: standing.uri, targetUri: target.uri };
    return { json: renderInteractionStamp(stamp), pageUrl: target.url, isPrivate: !isOpen || !standing.isOpen };
  };

async function standingAt(ports: DocumentPorts, what: Interaction, id: Snowflake): Promise<Standing | null> {
  if (what === 'like') {
    const like = await ports.reads.favouriteById(id);
    return like === null || like.uri === null ? null : { accountId: like.accountId, uri: like.uri, targetId: like.statusId, isOpen: true };
  }
  const [status] = await ports.store.statusesByIds([id]);
  const targetId = what === 'reply' ? status?.inReplyToId : status?.boostOfId;
  return status === undefined || status.deletedAt !== null || targetId == null ? null : { accountId: status.accountId, uri: status.uri, targetId, isOpen: what === 'announce' || status.visibility === 'public' || status.visibility === 'unlisted' };
}

/** What somebody here asked leave for, for the server that was asked, as long as it stands. */
export const interactionRequestDocument =
  (what: Interaction, accountId: string, interactionId: string): DocumentSource =>
  async (ports, reader) => {
    const account = await localAccount(ports, accountId);
    const id = idOf(interactionId);
    const asked = (await ports.store.askedInteractions([id])).get(id);
    const [target] = asked?.what === what && asked.accountId === account.id ? await ports.store.statusesByIds([asked.statusId]) : [];
    const [author] = target === undefined ? [] : await ports.store.accountsByIds([target.accountId]);
    if (asked === undefined || target === undefined || author === undefined || !(await isServerOf(reader, author.uri))) throw notFound();
    const instrument = await instrumentOf(ports, asked, { actorUri: account.uri, authorUri: author.uri, targetUri: target.uri });
    if (instrument === null) throw notFound();
    return { json: requestFor(ports.settings, asked, { instrument, target, author }), pageUrl: account.url, isPrivate: true };
  };

async function instrumentOf(ports: DocumentPorts, { what, interactionId, accountId }: AskedRow, uris: { actorUri: string; authorUri: string; targetUri: string }): Promise<JsonObject | null> {
  if (what === 'like') {
    const id = likeUri(ports.settings.baseUrl, accountId, interactionId);
    return (await ports.reads.favouriteById(interactionId)) === null ? null : renderLike({ id, actorUri: uris.actorUri, to: [uris.authorUri], cc: [] }, uris.targetUri);
  }
  const [status] = await ports.store.statusesByIds([interactionId]);
  if (status === undefined || status.deletedAt !== null) return null;
  const surroundings = await around(ports, status);
  return what === 'reply' ? renderNote(describeNote(ports.settings, status, surroundings)) : renderPublication(ports.settings, status, surroundings);
}
