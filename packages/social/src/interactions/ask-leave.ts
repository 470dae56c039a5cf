import type { PolicyRule, RemoteNote } from '@trunkline/activitypub';
import { leaveFor, type Account, type InteractionKind, type InteractionRules, type Leave, type QuotePolicy, type Status } from '@trunkline/domain';
import type { AccountId, Snowflake } from '@trunkline/kernel';
import { groupsOf } from '../quotes/read-remote.js';
import type { NewAsked } from '../ports/store-rows.js';
import type { SocialPorts } from '../ports/social-ports.js';

type PolicyAuthor = Pick<Account, 'uri' | 'followersUrl' | 'followingUrl'>;

/** Who may like, answer and boost a post, as its author's server says; null: it says nothing. */
export function rulesOfNote({ policy }: Pick<RemoteNote, 'policy'>, author: PolicyAuthor): InteractionRules | null {
  if (policy === null) return null;
  const rule = (given: PolicyRule | null): QuotePolicy | null =>
    given === null ? null : { automatic: groupsOf(given.automatic, author), manual: groupsOf(given.manual, author) };
  return { like: rule(policy.like), reply: rule(policy.reply), announce: rule(policy.announce), byRequest: policy.byRequest };
}

export interface LeaveToAct {
  readonly leave: Leave;
  readonly byRequest: boolean;
}

const FREE: LeaveToAct = { leave: 'free', byRequest: false };

/** Whether somebody here has to ask a post's author first. Of posts of this server nobody has to. @see GoToSocial's interaction policies */
export async function leaveToAct(ports: Pick<SocialPorts, 'store'>, accountId: AccountId, what: InteractionKind, target: Status): Promise<LeaveToAct> {
  const rules = target.local || target.accountId === accountId ? null : await ports.store.interactionRules(target.id);
  if (rules === null || rules[what] === null) return FREE;
  const isParty = what === 'reply' && (target.inReplyToAccountId === accountId || target.mentions.some((mention) => mention.accountId === accountId));
  const follows = (await ports.store.follow(accountId, target.accountId)) !== null;
  return { leave: leaveFor(rules[what], { isParty, follows }), byRequest: rules.byRequest };
}

/** The row of what has to be asked for; null: nothing has to. */
export const askedFor = (what: InteractionKind, { leave, byRequest }: LeaveToAct, made: { readonly interactionId: Snowflake; readonly accountId: AccountId; readonly target: Status }): NewAsked | null =>
  leave === 'ask' ? { interactionId: made.interactionId, what, accountId: made.accountId, statusId: made.target.id, byRequest } : null;
