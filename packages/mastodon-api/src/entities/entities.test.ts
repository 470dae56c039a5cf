import { describe, expect, test } from '@jest/globals';
import type { Account, DomainRule, MediaAttachment, Notification, PolicySnapshot, Relationship, Report, Status, User } from '@trunkline/domain';
import { snowflake } from '@trunkline/kernel';
import { entityFaults } from '../conformance/entity-faults.js';
import { renderAccount, renderCredentialAccount } from './account.js';
import { renderAdminAccount, renderAdminDomainAllow, renderAdminDomainBlock, renderAdminReport, renderDomainBlock } from './admin.js';
import type { RenderContext } from './context.js';
import { renderExtendedDescription, renderInstanceV1, renderInstanceV2, renderRule, type InstanceFacts } from './instance.js';
import { renderGroupedNotifications, renderNotification, renderReport } from './notification.js';
import { renderApplication, renderCredentialApplication, renderToken } from './oauth.js';
import { renderRelationship } from './relationship.js';
import { renderMarkers, renderPreferences, renderSearch, renderTag } from './small.js';
import { renderContext, renderStatus, renderStatusEdit, renderStatusSource, type StatusView } from './status.js';

const ctx: RenderContext = { baseUrl: 'https://home.example', localDomain: 'home.example' };
const at = new Date('2026-03-04T05:06:07.089Z');
const id = (number: number) => snowflake(String(number));

const alice: Account = {
  id: id(1), username: 'alice', domain: null, uri: 'https://home.example/ap/users/1', url: 'https://home.example/@alice',
  displayName: 'Alice', note: 'I <3 #cats', fields: [{ name: 'web', value: 'https://a.example', verifiedAt: null }],
  emojis: [{ shortcode: 'x', url: 'https://home.example/x.png', staticUrl: 'https://home.example/x.png' }],
  avatarUrl: null, headerUrl: null, actorType: 'Person', locked: false, discoverable: null, indexable: true, hideCollections: null,
  memorial: false, inboxUrl: '', sharedInboxUrl: null, outboxUrl: null, followersUrl: null, followingUrl: null, featuredUrl: null,
  alsoKnownAs: [], movedToUri: null, followersCount: 1, followingCount: 2, statusesCount: 3, lastStatusAt: at, createdAt: at,
  updatedAt: at, fetchedAt: null, silencedAt: null, suspendedAt: null, deletedAt: null,
};
const bob: Account = {
  ...alice, id: id(2), username: 'bob', domain: 'far.example', uri: 'https://far.example/u/2', url: 'javascript:alert(1)',
  note: '<p>hi</p>', fields: [], actorType: 'Service', avatarUrl: 'data:text/html,x', lastStatusAt: null, silencedAt: at, movedToUri: alice.uri,
};
const media: MediaAttachment = {
  id: id(7), kind: 'image', url: 'https://home.example/m.png', previewUrl: null, remoteUrl: null, description: 'a cat',
  blurhash: 'LEHV6nWB2yk8pyo0adR*.7kCMdnj', width: 4, height: 2, focus: [0, 0.5],
};
const status: Status = {
  id: id(10), accountId: alice.id, uri: 'https://home.example/ap/users/1/statuses/10', url: 'https://home.example/@alice/10', local: true,
  content: '<p>hi</p>', text: 'hi', spoilerText: '', sensitive: false, visibility: 'public', language: 'en', inReplyToId: null,
  inReplyToAccountId: null, inReplyToUri: null, boostOfId: null, conversationId: id(10), applicationName: 'web', applicationWebsite: null, poll: null, reactions: [],
  media: [media], emojis: [], tags: ['Cat', 'cat', '猫'], repliesCount: 0, boostsCount: 1, favouritesCount: 2, quotesCount: 3, createdAt: at, editedAt: null, deletedAt: null,
  quote: null, quotePolicy: null,
  mentions: [
    { accountId: bob.id, username: 'bob', domain: 'far.example', uri: bob.uri, url: 'https://far.example/@bob', silent: false },
    { accountId: id(3), username: 'carol', domain: null, uri: 'https://home.example/ap/users/3', url: 'https://home.example/@carol', silent: true },
  ],
};
const view: StatusView = {
  status, account: alice, boost: null, quote: null, quoted: null, permission: 'automatic', mayPin: true, flags: { favourited: true, boosted: false, bookmarked: false, muted: false, pinned: false },
};
const boost: StatusView = {
  status: { ...status, id: id(11), accountId: bob.id, boostOfId: status.id, media: [], mentions: [], tags: [], applicationName: null },
  account: bob, boost: view, quote: null, quoted: null, permission: 'denied', flags: null,
};
const user: User = {
  id: id(5), accountId: alice.id, email: 'a@example.com', role: 'Owner', locale: 'en', confirmedAt: at, approved: true, disabled: false,
  reason: null, createdAt: at, lastActiveAt: null, defaultVisibility: 'public', defaultSensitive: false, defaultLanguage: null, defaultQuotePolicy: 'public',
};
const relationship: Relationship = {
  accountId: bob.id, following: false, showBoosts: true, notify: false, languages: null, followedBy: true, requested: false, requestedBy: false,
  blocking: false, blockedBy: false, muting: false, mutingNotifications: false, mutingExpiresAt: null, domainBlocking: false, note: '',
};
const report: Report = {
  id: id(20), accountId: alice.id, targetAccountId: bob.id, statusIds: [status.id], ruleIds: [], comment: 'spam', category: 'spam',
  forwarded: false, createdAt: at, updatedAt: at, actionTakenAt: null, actionTakenByAccountId: null, assignedAccountId: null,
};
const notification: Notification = { id: id(30), accountId: bob.id, type: 'mention', fromAccountId: alice.id, statusId: status.id, reportId: null, createdAt: at };
const rule: DomainRule = {
  id: id(40), domain: 'evil.example', severity: 'suspend', rejectMedia: true, rejectReports: false, privateComment: null, publicComment: 'spam',
  obfuscate: true, createdAt: at,
};
const policy: PolicySnapshot = {
  version: 1, domainRules: [rule], allowedDomains: [], limitedFederation: false, registrations: 'approved', approvalReasonRequired: true,
  serverRules: [{ id: id(50), text: 'Be kind', hint: '' }],
};
const facts: InstanceFacts = {
  title: 'Home', version: '0.1.0', sourceUrl: 'https://code.example/trunkline', description: 'A home', contactEmail: 'o@home.example',
  contactAccount: alice, languages: ['en'], thumbnailUrl: 'https://home.example/thumb.png', streamingUrl: 'wss://home.example',
  vapidPublicKey: 'key', activeMonth: 1, userCount: 2, statusCount: 3, domainCount: 4,
};
const application = { id: '9', name: 'app', website: null, redirectUris: ['urn:ietf:wg:oauth:2.0:oob'], scopes: ['read'], clientId: 'c' };
const adminView = { account: alice, user };

test.each<[string, unknown]>([
  ['Account', renderAccount(alice, ctx, { role: 'Owner' })],
  ['Account', renderAccount(bob, ctx, { movedTo: alice })],
  ['Account', renderAccount({ ...bob, suspendedAt: at }, ctx)],
  ['CredentialAccount', renderCredentialAccount(alice, user, ctx, { followRequestsCount: 2 })],
  ['Status', renderStatus(view, ctx)],
  ['Status', renderStatus(boost, ctx)],
  ['Status', renderStatus({ ...view, withText: true }, ctx)],
  ['Context', renderContext([view], [boost], ctx)],
  ['StatusSource', renderStatusSource(status)],
  ['StatusEdit', renderStatusEdit({ content: '', spoilerText: '', sensitive: false, media: [media], emojis: [], createdAt: at }, alice, ctx)],
  ['Relationship', renderRelationship(relationship)],
  ['Notification', renderNotification({ notification, account: alice, status: view, report: null }, ctx)],
  ['Notification', renderNotification({ notification: { ...notification, type: 'admin.report' }, account: alice, status: null, report: { report, target: bob } }, ctx)],
  ['GroupedNotificationsResults', renderGroupedNotifications([{ notification, account: alice, status: view, report: null }], ctx)],
  ['Report', renderReport(report, bob, ctx)],
  ['Instance', renderInstanceV2(facts, policy, ctx)],
  ['Instance', renderInstanceV2({ ...facts, contactAccount: null }, { ...policy, registrations: 'none' }, ctx)],
  ['V1::Instance', renderInstanceV1(facts, policy, ctx)],
  ['Rule', renderRule({ id: id(50), text: 'Be kind', hint: '' })],
  ['ExtendedDescription', renderExtendedDescription('<p>x</p>', at)],
  ['Application', renderApplication(application, 'key')],
  ['CredentialApplication', renderCredentialApplication(application, 'secret', 'key')],
  ['Token', renderToken('t', ['read', 'write'], at)],
  ['Marker', renderMarkers([{ timeline: 'home', lastReadId: '4', version: 2, updatedAt: at }]).home],
  ['Preferences', renderPreferences(user)],
  ['Tag', renderTag('Cat', ctx, { id: '3', following: false, history: [{ daySeconds: 1_767_225_600, uses: 1, accounts: 1 }] })],
  ['Search', renderSearch({ accounts: [bob], statuses: [view], hashtags: ['cat'] }, ctx)],
  ['Admin::Account', renderAdminAccount(adminView, ctx)],
  ['Admin::Account', renderAdminAccount({ account: bob, user: null }, ctx)],
  ['Admin::Report', renderAdminReport({ report, account: adminView, target: { account: bob, user: null }, assigned: null, actionTakenBy: adminView, statuses: [view], rules: policy.serverRules }, ctx)],
  ['Admin::DomainBlock', renderAdminDomainBlock(rule)],
  ['Admin::DomainAllow', renderAdminDomainAllow({ id: '1', domain: 'ok.example', createdAt: at })],
  ['DomainBlock', renderDomainBlock(rule)],
])('%s conforms', (name, json) => {
  // Through JSON, as clients get it: undefined members would be gone.
  expect(entityFaults(name, JSON.parse(JSON.stringify(json)))).toEqual([]);
});

describe('accounts', () => {
  test('addresses that are not http(s) never reach a client', () => {
    const json = renderAccount(bob, ctx);
    expect([json.url, json.avatar]).toEqual([bob.uri, 'https://home.example/avatars/original/missing.png']);
  });

  test('a sign-up day has no hour', () => {
    expect(renderAccount(alice, ctx)).toMatchObject({ created_at: '2026-03-04T00:00:00.000Z', last_status_at: '2026-03-04' });
  });

  test('local texts are formatted and escaped, remote ones stand as stored', () => {
    expect(renderAccount(alice, ctx).note).toBe(
      '<p>I &lt;3 <a href="https://home.example/tags/cats" class="mention hashtag" rel="tag">#<span>cats</span></a></p>',
    );
    expect(renderAccount(bob, ctx).note).toBe('<p>hi</p>');
  });

  test('a suspended account shows nothing its owner wrote', () => {
    expect(renderAccount({ ...bob, suspendedAt: at }, ctx)).toMatchObject({ suspended: true, display_name: '', note: '', fields: [], emojis: [] });
  });

  test('silenced is told as limited, and suspended wins', () => {
    expect(renderAccount(bob, ctx).limited).toBe(true);
    expect(renderAccount({ ...bob, suspendedAt: at }, ctx).limited).toBeUndefined();
    expect(renderAccount(alice, ctx, { limited: true }).limited).toBe(true);
  });
});

describe('statuses', () => {
  test('silent mentions are not shown; tags are distinct', () => {
    const json = renderStatus(view, ctx);
    expect(json.mentions.map((mention) => mention.acct)).toEqual(['bob@far.example']);
    expect(json.tags.map((tag) => tag.name)).toEqual(['cat', '猫']);
  });

  test('marks stand there only for a person, the text only when asked', () => {
    expect(renderStatus(view, ctx)).toMatchObject({ favourited: true, pinned: false, text: null });
    expect(renderStatus({ ...view, flags: null }, ctx)).not.toHaveProperty('favourited');
    expect(renderStatus({ ...view, withText: true }, ctx).text).toBe('hi');
  });

  test('a boost nests what it boosts', () => {
    expect(renderStatus(boost, ctx).reblog?.id).toBe(status.id);
  });
});

test('an obfuscated domain keeps its shape and its digest', () => {
  expect(renderDomainBlock(rule)).toMatchObject({ domain: 'evi*.****ple', severity: 'suspend', comment: 'spam' });
});
