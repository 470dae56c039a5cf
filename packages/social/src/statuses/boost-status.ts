import { statusUris } from '@trunkline/activitypub';
import { boostVisibility, mayBoost, type Account, type Status, type Visibility } from '@trunkline/domain';
import { fail, nowDate, ok, type Result, type Snowflake, type StatusId } from '@trunkline/kernel';
import { askedFor, leaveToAct } from '../interactions/ask-leave.js';
import type { NewStatus } from '../ports/store-rows.js';
import type { SocialPorts } from '../ports/social-ports.js';
import { viewStatus } from '../reading/view-statuses.js';
import { deleteStatusIn } from './delete-status.js';
import { saveAndAnnounce } from './publish-status.js';

export type BoostFailure = { code: 'not_found' | 'not_allowed'; safe: string };

/** The booster's own boost of a status; boosting a boost boosts what it shows. Twice is once. */
export async function boostStatus(
  ports: Pick<SocialPorts, 'store' | 'ids' | 'clock' | 'policy' | 'settings'>,
  booster: Account,
  statusId: StatusId,
  wanted: Visibility | null = null,
): Promise<Result<StatusId, BoostFailure>> {
  const view = await viewStatus(ports, booster.id, statusId);
  const target = view?.boosted?.status ?? view?.status;
  if (target === undefined) return fail({ code: 'not_found', safe: 'Record not found' });
  if (!mayBoost({ authorId: target.accountId, visibility: target.visibility }, booster.id)) {
    return fail({ code: 'not_allowed', safe: 'This action is not allowed' });
  }
  const leave = await leaveToAct(ports, booster.id, 'announce', target);
  if (leave.leave === 'denied') return fail({ code: 'not_allowed', safe: 'This action is not allowed' });
  const id = ports.ids.next();
  const asked = askedFor('announce', leave, { interactionId: id, accountId: booster.id, target });
  const boost = boostRow(target, {
    id,
    accountId: booster.id,
    uri: statusUris(ports.settings.baseUrl, booster.id, id).id,
    visibility: boostVisibility(target.visibility, wanted),
    local: true,
    createdAt: nowDate(ports.clock),
  });
  const saved = await ports.store.transaction(async (tx) => {
    const made = await saveAndAnnounce(tx, boost);
    if (made !== null && asked !== null) await tx.insertAsked(asked);
    return made;
  });
  if (saved !== null) return ok(saved);
  const earlier = await ownBoost(ports, booster.id, target.id);
  return earlier === null ? fail({ code: 'not_found', safe: 'Record not found' }) : ok(earlier.id);
}

/** Takes the boost back; nothing happens when there is none. The id given may be the boost's or the boosted's. */
export async function unboostStatus(
  ports: Pick<SocialPorts, 'store'>,
  booster: Pick<Account, 'id'>,
  statusId: StatusId,
): Promise<boolean> {
  const [status] = await ports.store.statusesByIds([statusId]);
  const boost = await ownBoost(ports, booster.id, status?.boostOfId ?? statusId);
  return boost === null ? false : ports.store.transaction((tx) => deleteStatusIn(tx, boost));
}

async function ownBoost(ports: Pick<SocialPorts, 'store'>, boosterId: Account['id'], targetId: StatusId): Promise<Status | null> {
  const [boostId] = await ports.store.boostIds(boosterId, [targetId]);
  if (boostId === undefined) return null;
  return (await ports.store.statusesByIds([boostId]))[0] ?? null;
}

/** A boost is a row without content that points at what it shows. */
export function boostRow(
  target: Pick<Status, 'id' | 'url' | 'conversationId'>,
  made: Pick<NewStatus, 'accountId' | 'uri' | 'visibility' | 'local' | 'createdAt'> & { id: Snowflake },
): NewStatus {
  return {
    ...made,
    url: target.url,
    content: '',
    text: null,
    spoilerText: '',
    sensitive: false,
    language: null,
    inReplyToId: null,
    inReplyToAccountId: null,
    inReplyToUri: null,
    boostOfId: target.id,
    conversationId: target.conversationId,
    conversationUri: null,
    applicationName: null,
    applicationWebsite: null,
    media: [],
    emojis: [],
    mentions: [],
    tags: [],
    poll: null,
  };
}
