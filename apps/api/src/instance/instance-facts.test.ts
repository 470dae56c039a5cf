import { describe, expect, test } from '@jest/globals';
import type { DomainRule, PolicySnapshot } from '@trunkline/domain';
import { snowflake } from '@trunkline/kernel';
import { descriptionHtml, instanceFacts, peersOf, publicDomainRules } from './instance-facts.js';

const rule = (domain: string, severity: DomainRule['severity']): DomainRule => ({
  id: snowflake('1'),
  domain,
  severity,
  rejectMedia: false,
  rejectReports: false,
  privateComment: 'ours alone',
  publicComment: null,
  obfuscate: false,
  createdAt: new Date(0),
});
const policy: PolicySnapshot = {
  version: 1,
  domainRules: [rule('quiet.example', 'silence'), rule('watched.example', 'noop'), rule('bad.example', 'suspend')],
  allowedDomains: [],
  limitedFederation: false,
  registrations: 'open',
  approvalReasonRequired: false,
  serverRules: [],
};

describe('what the server tells of itself', () => {
  test('the streaming address has the scheme of sockets and no path', () => {
    const settings = { baseUrl: 'https://home.example', vapid: null, site: { title: 'Home', description: '', contactEmail: null, defaultLocale: 'de', sourceUrl: null } };
    const usage = { users: 3, activeMonth: 2, activeHalfYear: 3, localStatuses: 9, knownDomains: 4 };
    expect(instanceFacts(settings, '1.2.3', { usage, contact: null })).toMatchObject({
      streamingUrl: 'wss://home.example',
      sourceUrl: 'https://home.example/about',
      contactEmail: '',
      languages: ['de'],
      userCount: 3,
      activeMonth: 2,
    });
  });

  test("the operator's text is text: markup in it is shown, not run", () => {
    expect(descriptionHtml('A <b>home</b>\nfor all\n\n  \n\nWelcome')).toBe('<p>A &lt;b&gt;home&lt;/b&gt;<br>for all</p><p>Welcome</p>');
    expect(descriptionHtml('')).toBe('');
  });

  test('suspended servers are no peers; rules without effect are nobody else’s business', () => {
    expect(peersOf(policy, ['bad.example', 'sub.bad.example', 'good.example', 'quiet.example'])).toEqual(['good.example', 'quiet.example']);
    expect(publicDomainRules(policy).map(({ domain }) => domain)).toEqual(['bad.example', 'quiet.example']);
  });
});
