import type { DomainRule } from '@trunkline/domain';
import { AppError, type AccountId } from '@trunkline/kernel';
import { renderAdminDomainBlock, validationFailed } from '@trunkline/mastodon-api';
import type { NewDomainRule } from '@trunkline/persistence';

export interface RuleDomainPorts {
  readonly settings: { readonly localDomain: string; readonly webDomain: string };
  readonly moderation: {
    domainRuleOf(domain: string): Promise<DomainRule | null>;
    setDomainRule(actor: AccountId, rule: NewDomainRule): Promise<DomainRule>;
  };
  /** Every process loads the rules anew. */
  readonly announce: (action: string) => Promise<void>;
  /** Begins to end the follows with a suspended server; not waited for. */
  readonly sever: (domain: string) => void;
}

/**
 * A first rule about a domain. The rule stands, and every process hears of it, before anything is cleaned up.
 * @throws AppError 422 for this server itself, and where there is a rule already: that one is to be changed
 */
export async function blockDomain(ports: RuleDomainPorts, actor: AccountId, rule: NewDomainRule): Promise<DomainRule> {
  const { localDomain, webDomain } = ports.settings;
  if (rule.domain === localDomain || rule.domain === webDomain) {
    throw validationFailed([{ field: 'domain', code: 'ERR_INVALID', message: 'is this server' }]);
  }
  const existing = await ports.moderation.domainRuleOf(rule.domain);
  if (existing !== null) {
    throw new AppError(422, 'domain_ruled', 'There is a rule about this domain already', {
      body: { existing_domain_block: renderAdminDomainBlock(existing) },
    });
  }
  return setRule(ports, actor, rule, 'domain_block');
}

/** Changes what is given, keeps the rest. */
export async function changeDomainRule(
  ports: RuleDomainPorts,
  actor: AccountId,
  rule: DomainRule,
  change: { readonly [K in keyof Omit<NewDomainRule, 'domain'>]?: NewDomainRule[K] | undefined },
): Promise<DomainRule> {
  const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
  return setRule(ports, actor, { ...rule, ...given }, 'domain_block_change');
}

async function setRule(ports: RuleDomainPorts, actor: AccountId, rule: NewDomainRule, action: string): Promise<DomainRule> {
  const stored = await ports.moderation.setDomainRule(actor, rule);
  await ports.announce(action);
  if (stored.severity === 'suspend') ports.sever(stored.domain);
  return stored;
}
