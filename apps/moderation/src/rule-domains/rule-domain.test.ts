import { describe, expect, test } from '@jest/globals';
import type { DomainRule, DomainSeverity } from '@trunkline/domain';
import { snowflake } from '@trunkline/kernel';
import { blockDomain, changeDomainRule, type RuleDomainPorts } from './rule-domain.js';

const actor = snowflake('1');

const rule = (domain: string, severity: DomainSeverity) => ({
  domain,
  severity,
  rejectMedia: false,
  rejectReports: true,
  privateComment: 'spam',
  publicComment: null,
  obfuscate: false,
});

function world(existing: DomainRule | null = null) {
  const log: string[] = [];
  const ports: RuleDomainPorts = {
    settings: { localDomain: 'home.example', webDomain: 'web.home.example' },
    moderation: {
      domainRuleOf: async () => existing,
      setDomainRule: async (_actor, given) => {
        log.push(`set ${given.domain} ${given.severity}`);
        return { ...given, id: snowflake('9'), createdAt: new Date(0) };
      },
    },
    announce: async (action) => void log.push(`announce ${action}`),
    sever: (domain) => void log.push(`sever ${domain}`),
  };
  return { log, ports };
}

describe('rules about servers', () => {
  test('the rule stands and is known everywhere before anything is severed', async () => {
    const { log, ports } = world();
    await blockDomain(ports, actor, rule('far.example', 'suspend'));
    expect(log).toEqual(['set far.example suspend', 'announce domain_block', 'sever far.example']);
  });

  test('silencing severs nothing', async () => {
    const { log, ports } = world();
    await blockDomain(ports, actor, rule('far.example', 'silence'));
    expect(log).toEqual(['set far.example silence', 'announce domain_block']);
  });

  test.each(['home.example', 'web.home.example'])('%s is this server', async (domain) => {
    const { log, ports } = world();
    await expect(blockDomain(ports, actor, rule(domain, 'suspend'))).rejects.toMatchObject({ status: 422, safe: 'Validation failed: Domain is this server' });
    expect(log).toEqual([]);
  });

  test('a second rule about a domain is refused, and the first one shown', async () => {
    const stored: DomainRule = { ...rule('far.example', 'silence'), id: snowflake('9'), createdAt: new Date(0) };
    const { log, ports } = world(stored);
    await expect(blockDomain(ports, actor, rule('far.example', 'suspend'))).rejects.toMatchObject({
      status: 422,
      extra: { body: { existing_domain_block: { id: '9', severity: 'silence' } } },
    });
    expect(log).toEqual([]);
  });

  test('a change keeps what is not given; growing into a suspension severs', async () => {
    const stored: DomainRule = { ...rule('far.example', 'silence'), id: snowflake('9'), createdAt: new Date(0) };
    const { log, ports } = world(stored);
    const changed = await changeDomainRule(ports, actor, stored, { severity: 'suspend', publicComment: 'spam', obfuscate: undefined });
    expect(changed).toMatchObject({ severity: 'suspend', rejectReports: true, privateComment: 'spam', publicComment: 'spam', obfuscate: false });
    expect(log).toEqual(['set far.example suspend', 'announce domain_block_change', 'sever far.example']);
  });
});
