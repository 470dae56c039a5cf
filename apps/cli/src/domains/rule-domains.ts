import { normaliseHost, type DomainSeverity } from '@trunkline/domain';
import type { Snowflake } from '@trunkline/kernel';
import { severDomain, type Severed } from '@trunkline/persistence';
import type { Operator } from '../operator.js';
import { Refusal } from '../terminal.js';

/** As rules write it. @throws Refusal for text that is no host, and for this server's own name */
export function readDomain({ settings }: Pick<Operator, 'settings'>, text: string): string {
  const domain = normaliseHost(text.replace(/^https?:\/\//i, '').replace(/\/+$/, ''));
  if (domain === null) throw new Refusal(`${text} is no domain.`);
  if (domain === settings.localDomain || domain === settings.webDomain) throw new Refusal(`${domain} is this server.`);
  return domain;
}

/** One rule a domain: what was decided before and is not said now stays. */
export async function ruleDomain(
  { moderation }: Operator,
  domain: string,
  severity: DomainSeverity,
  comments: { readonly privateComment: string | null; readonly publicComment: string | null },
): Promise<void> {
  const before = await moderation.domainRuleOf(domain);
  await moderation.setDomainRule(null, {
    domain,
    severity,
    rejectMedia: before?.rejectMedia ?? false,
    rejectReports: before?.rejectReports ?? false,
    privateComment: comments.privateComment ?? before?.privateComment ?? null,
    publicComment: comments.publicComment ?? before?.publicComment ?? null,
    obfuscate: before?.obfuscate ?? false,
  });
}

/** Ends the follows with it. Should this be cut off, the server's moderation finishes it. */
export const severTies = ({ db, store }: Operator, domain: string): Promise<Severed> => severDomain(db, store, domain);

/** Rows that `pagesOf` expects of a full page. */
export const PAGE = 200;

/** Takes away the rule about a domain and its place on the allow-list. @returns what was taken */
export async function forgetDomain({ moderation }: Operator, domain: string): Promise<('rule' | 'allow')[]> {
  const gone: ('rule' | 'allow')[] = [];
  const rule = await moderation.domainRuleOf(domain);
  if (rule !== null && (await moderation.deleteDomainRule(null, rule.id)) !== null) gone.push('rule');
  for await (const allow of pagesOf((maxId) => moderation.domainAllows({ limit: PAGE, maxId, minId: null, sinceId: null }))) {
    if (allow.domain === domain && (await moderation.disallowDomain(null, allow.id)) !== null) gone.push('allow');
  }
  return gone;
}

/** Every row of a list that is paged by id, newest first. */
export async function* pagesOf<T extends { readonly id: Snowflake }>(next: (maxId: Snowflake | null) => Promise<readonly T[]>): AsyncGenerator<T> {
  let maxId: Snowflake | null = null;
  for (;;) {
    const page: readonly T[] = await next(maxId);
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    maxId = last.id;
  }
}
