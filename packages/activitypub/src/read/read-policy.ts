import { isJsonObject, member, type JsonObject } from '../json.js';
import { audienceList } from './references.js';
import type { InteractionPolicy, PolicyRule } from './types.js';

/**
 * Who may like, answer, boost and quote (GotoSocial, Mastodon, WordPress). Null when the author says nothing. Each entry
 * is one value or a list; GotoSocial of before 0.21 writes `always` and `approvalRequired`.
 */
export function readPolicy(raw: JsonObject): InteractionPolicy | null {
  const policy = member(raw, 'interactionPolicy');
  if (!isJsonObject(policy)) return null;
  const rule = (name: string): PolicyRule | null => ruleOf(member(policy, name));
  return { like: rule('canLike'), reply: rule('canReply'), announce: rule('canAnnounce'), quote: rule('canQuote') };
}

function ruleOf(value: unknown): PolicyRule | null {
  if (!isJsonObject(value)) return null;
  return {
    automatic: audienceList(member(value, 'automaticApproval') ?? member(value, 'always')),
    manual: audienceList(member(value, 'manualApproval') ?? member(value, 'approvalRequired')),
  };
}
