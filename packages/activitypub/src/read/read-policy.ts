import { isJsonObject, member, type JsonObject } from '../json.js';
import { audienceList } from './references.js';
import type { InteractionPolicy, PolicyRule } from './types.js';

/**
 * Who may like, answer, boost and quote (GoToSocial, Mastodon, WordPress). Null when the author says nothing. Each entry
 * is one value or a list; GoToSocial of before 0.21 writes `always` and `approvalRequired`.
 */
export function readPolicy(raw: JsonObject): InteractionPolicy | null {
  const policy = member(raw, 'interactionPolicy');
  if (!isJsonObject(policy)) return null;
  const rule = (name: string): PolicyRule | null => ruleOf(member(policy, name));
  const byRequest = ['canLike', 'canReply', 'canAnnounce'].some((name) => takesRequests(member(policy, name)));
  return { like: rule('canLike'), reply: rule('canReply'), announce: rule('canAnnounce'), quote: rule('canQuote'), byRequest };
}

/** GoToSocial takes requests since it writes these names, beside or instead of the older ones. */
const takesRequests = (value: unknown): boolean => isJsonObject(value) && (member(value, 'automaticApproval') ?? member(value, 'manualApproval')) != null;

/** An empty one says nothing. */
function ruleOf(value: unknown): PolicyRule | null {
  if (!isJsonObject(value)) return null;
  const [automatic, manual] = [member(value, 'automaticApproval') ?? member(value, 'always'), member(value, 'manualApproval') ?? member(value, 'approvalRequired')];
  return automatic == null && manual == null ? null : { automatic: audienceList(automatic), manual: audienceList(manual) };
}
