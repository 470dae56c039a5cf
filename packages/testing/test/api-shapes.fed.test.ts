import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { entityFaults, ROUTES, type Route } from '@trunkline/mastodon-api';
import type { TestPerson } from '../src/index.js';
import { ask, named } from './api-caller.js';
import { populatedServer, type Populated } from './populated-server.js';

jest.setTimeout(90_000);

/** Where each GET leads, who asks, and what comes: `…[]` is a list of it, `…{}` a map, null no entity. */
type Asked = readonly [path: string, shape: string | null, more?: { readonly by?: 'owner' | 'bob' | 'profile'; readonly mayBeEmpty?: true }];

let world: Populated;
beforeAll(async () => {
  world = await populatedServer();
});
afterAll(async () => world?.stop());

const none = { mayBeEmpty: true } as const;
const byOwner = { by: 'owner' } as const;

/** Every GET of the table, with ids of real things: `$note` is one of `world.ids`. A row without a line here fails. */
const ANSWERS: Readonly<Record<string, readonly Asked[]>> = {
  'GET /.well-known/oauth-authorization-server': [['/.well-known/oauth-authorization-server', null]],
  'GET /oauth/userinfo': [['/oauth/userinfo', null, { by: 'profile' }]],
  'GET /api/v1/apps/verify_credentials': [['/api/v1/apps/verify_credentials', 'Application']],
  'GET /api/v1/emails/check_confirmation': [['/api/v1/emails/check_confirmation', null]],
  'GET /api/v1/accounts': [['/api/v1/accounts?id[]=$remoteAccount&id[]=$alice&id[]=4242', 'Account[]']],
  'GET /api/v1/accounts/verify_credentials': [['/api/v1/accounts/verify_credentials', 'CredentialAccount']],
  'GET /api/v1/accounts/lookup': [['/api/v1/accounts/lookup?acct=alice', 'Account'], ['/api/v1/accounts/lookup?acct=$handle', 'Account']],
  'GET /api/v1/accounts/search': [['/api/v1/accounts/search?q=mallory', 'Account[]']],
  'GET /api/v1/accounts/relationships': [
    ['/api/v1/accounts/relationships?id[]=$remoteAccount&id[]=$bob', 'Relationship[]'],
    ['/api/v1/accounts/relationships?id=$remoteAccount', 'Relationship[]', { by: 'bob' }],
  ],
  'GET /api/v1/accounts/:id': [['/api/v1/accounts/$remoteAccount', 'Account'], ['/api/v1/accounts/$bob', 'Account']],
  'GET /api/v1/accounts/:id/statuses': [
    ['/api/v1/accounts/$remoteAccount/statuses', 'Status[]'],
    ['/api/v1/accounts/$alice/statuses', 'Status[]'],
    ['/api/v1/accounts/$bob/statuses?exclude_reblogs=true', 'Status[]'],
    ['/api/v1/accounts/$alice/statuses?tagged=trains', 'Status[]'],
    ['/api/v1/accounts/$remoteAccount/statuses?only_media=1', 'Status[]'],
    ['/api/v1/accounts/$alice/statuses?pinned=true', 'Status[]', none],
  ],
  'GET /api/v1/accounts/:id/followers': [['/api/v1/accounts/$alice/followers', 'Account[]']],
  'GET /api/v1/accounts/:id/following': [['/api/v1/accounts/$alice/following', 'Account[]']],
  'GET /api/v1/accounts/:id/featured_tags': [['/api/v1/accounts/$alice/featured_tags', 'FeaturedTag[]', none]],
  'GET /api/v1/accounts/:id/lists': [['/api/v1/accounts/$bob/lists', 'List[]']],
  'GET /api/v1/follow_requests': [['/api/v1/follow_requests', 'Account[]', none]],
  'GET /api/v1/blocks': [['/api/v1/blocks', 'Account[]', none]],
  'GET /api/v1/mutes': [['/api/v1/mutes', 'MutedAccount[]', { by: 'bob' }]],
  'GET /api/v1/bookmarks': [['/api/v1/bookmarks', 'Status[]']],
  'GET /api/v1/favourites': [['/api/v1/favourites', 'Status[]']],
  'GET /api/v1/profile/aliases': [['/api/v1/profile/aliases', null]],
  'GET /api/v1/preferences': [['/api/v1/preferences', 'Preferences']],
  'GET /api/v1/markers': [['/api/v1/markers?timeline[]=home&timeline[]=notifications', 'Marker{}']],
  'GET /api/v1/filters': [['/api/v1/filters', 'V1::Filter[]', none]],
  'GET /api/v1/lists': [['/api/v1/lists', 'List[]']],
  'GET /api/v1/lists/:id': [['/api/v1/lists/$list', 'List']],
  'GET /api/v1/lists/:id/accounts': [['/api/v1/lists/$list/accounts', 'Account[]']],
  'GET /api/v1/timelines/list/:id': [['/api/v1/timelines/list/$list', 'Status[]']],
  'GET /api/v1/conversations': [['/api/v1/conversations', 'Conversation[]', none]],
  'GET /api/v1/followed_tags': [['/api/v1/followed_tags', 'Tag[]', none]],
  'GET /api/v1/announcements': [['/api/v1/announcements', 'Tag[]', none]],
  'GET /api/v1_alpha/async_refreshes/:id': [['/api/v1_alpha/async_refreshes/outbox-$remoteAccount', null]],
  'GET /api/v1/statuses': [['/api/v1/statuses?id[]=$note&id[]=$mine', 'Status[]']],
  'GET /api/v1/statuses/:id': ['note', 'question', 'image', 'answer', 'mine', 'reply', 'quote'].map((name): Asked => [`/api/v1/statuses/$${name}`, 'Status']),
  'GET /api/v1/statuses/:id/source': [['/api/v1/statuses/$mine/source', 'StatusSource'], ['/api/v1/statuses/$note/source', 'StatusSource']],
  'GET /api/v1/statuses/:id/history': [['/api/v1/statuses/$mine/history', 'StatusEdit[]'], ['/api/v1/statuses/$note/history', 'StatusEdit[]']],
  'GET /api/v1/statuses/:id/context': [['/api/v1/statuses/$mine/context', 'Context'], ['/api/v1/statuses/$answer/context', 'Context']],
  'GET /api/v1/statuses/:id/reblogged_by': [['/api/v1/statuses/$mine/reblogged_by', 'Account[]']],
  'GET /api/v1/statuses/:id/quotes': [['/api/v1/statuses/$mine/quotes', 'Status[]'], ['/api/v1/statuses/$quote/quotes', 'Status[]']],
  'GET /api/v1/statuses/:id/favourited_by': [['/api/v1/statuses/$mine/favourited_by', 'Account[]']],
  'GET /api/v1/polls/:id': [['/api/v1/polls/$question', 'Poll']],
  'GET /api/v1/timelines/home': [['/api/v1/timelines/home', 'Status[]']],
  'GET /api/v1/timelines/public': [['/api/v1/timelines/public', 'Status[]'], ['/api/v1/timelines/public?remote=true&only_media=true', 'Status[]']],
  'GET /api/v1/timelines/tag/:hashtag': [['/api/v1/timelines/tag/TRAINS', 'Status[]']],
  'GET /api/v1/tags/:name': [['/api/v1/tags/trains', 'Tag']],
  'GET /api/v1/trends': [['/api/v1/trends', 'Tag[]', none]],
  'GET /api/v1/trends/tags': [['/api/v1/trends/tags', 'Tag[]', none]],
  'GET /api/v1/trends/statuses': [['/api/v1/trends/statuses', 'Status[]', none]],
  'GET /api/v1/trends/links': [['/api/v1/trends/links', 'PreviewCard[]', none]],
  'GET /api/v2/search': [['/api/v2/search?q=trains', 'Search'], ['/api/v2/search?q=mallory', 'Search'], ['/api/v2/search?resolve=1&q=$uri', 'Search']],
  'GET /api/v2/filters': [['/api/v2/filters', 'Filter[]', none]],
  'GET /api/v1/notifications': [
    ['/api/v1/notifications', 'Notification[]'],
    ['/api/v1/notifications', 'Notification[]', { by: 'bob' }],
    ['/api/v1/notifications?types[]=admin.report', 'Notification[]', byOwner],
  ],
  'GET /api/v1/notifications/unread_count': [['/api/v1/notifications/unread_count', null]],
  'GET /api/v1/notifications/:id': [['/api/v1/notifications/$notification', 'Notification']],
  'GET /api/v2/notifications': [['/api/v2/notifications', 'GroupedNotificationsResults']],
  'GET /api/v2/notifications/unread_count': [['/api/v2/notifications/unread_count', null]],
  'GET /api/v1/instance': [['/api/v1/instance', 'V1::Instance']],
  'GET /api/v2/instance': [['/api/v2/instance', 'Instance']],
  'GET /api/v1/instance/rules': [['/api/v1/instance/rules', 'Rule[]', none]],
  'GET /api/v1/instance/peers': [['/api/v1/instance/peers', null]],
  'GET /api/v1/instance/activity': [['/api/v1/instance/activity', null]],
  'GET /api/v1/instance/domain_blocks': [['/api/v1/instance/domain_blocks', 'DomainBlock[]']],
  'GET /api/v1/instance/extended_description': [['/api/v1/instance/extended_description', 'ExtendedDescription']],
  'GET /api/v1/custom_emojis': [['/api/v1/custom_emojis', 'CustomEmoji[]', none]],
  'GET /api/v1/admin/accounts': [['/api/v1/admin/accounts', 'Admin::Account[]', byOwner], ['/api/v1/admin/accounts?remote=true', 'Admin::Account[]', byOwner]],
  'GET /api/v2/admin/accounts': [['/api/v2/admin/accounts?origin=local', 'Admin::Account[]', byOwner]],
  'GET /api/v1/admin/accounts/:id': [['/api/v1/admin/accounts/$alice', 'Admin::Account', byOwner], ['/api/v1/admin/accounts/$remoteAccount', 'Admin::Account', byOwner]],
  'GET /api/v1/admin/domain_blocks': [['/api/v1/admin/domain_blocks', 'Admin::DomainBlock[]', byOwner]],
  'GET /api/v1/admin/domain_blocks/:id': [['/api/v1/admin/domain_blocks/$block', 'Admin::DomainBlock', byOwner]],
  'GET /api/v1/admin/domain_allows': [['/api/v1/admin/domain_allows', 'Admin::DomainAllow[]', byOwner]],
  'GET /api/v1/admin/domain_allows/:id': [['/api/v1/admin/domain_allows/$allow', 'Admin::DomainAllow', byOwner]],
  'GET /api/v1/admin/reports': [['/api/v1/admin/reports', 'Admin::Report[]', byOwner]],
  'GET /api/v1/admin/reports/:id': [['/api/v1/admin/reports/$report', 'Admin::Report', byOwner]],
};

/** Pages and streams have tests of their own. */
const isJson = ({ method, path }: Route): boolean => method === 'GET' && !path.startsWith('/oauth/authorize') && !path.startsWith('/api/v1/streaming');
const cases = ROUTES.filter(isJson).flatMap((route) => (ANSWERS[named(route)] ?? [[named(route), 'nobody says what it answers'] as Asked]).map((asked): [string, Asked] => [asked[0], asked]));

/** Everything that was answered, for what must be in none of it. */
const told: [path: string, json: string][] = [];

function filledIn(path: string): string {
  const { ids, alice, bob, remote } = world;
  const words: Record<string, string> = { ...ids, alice: alice.account.id, bob: bob.account.id, handle: remote.person.handle, uri: encodeURIComponent(`${remote.person.id}/notes/1`) };
  return path.replace(/\$(\w+)/g, (_, word: string) => words[word] ?? `no ${word}`);
}

async function bearerOf(by: string): Promise<string> {
  const people: Record<string, TestPerson> = { alice: world.alice, bob: world.bob, owner: world.owner };
  return people[by]?.token ?? (await world.server.person('profiled', { scopes: ['profile'] })).token;
}

test.each(cases)('%s', async (_, [path, shape, more = {}]) => {
  const seen = await ask(world.server, 'GET', filledIn(path), { token: await bearerOf(more.by ?? 'alice') });
  expect({ status: seen.status, type: seen.headers.get('content-type') }).toEqual({ status: 200, type: 'application/json; charset=utf-8' });
  told.push([path, JSON.stringify(seen.body)]);
  if (shape === null) return;
  const [, entity = '', many] = /^([\w:]+)(\[\]|\{\})?$/.exec(shape) ?? [];
  const items = many === undefined ? [seen.body] : Object.values(seen.body as object);
  expect(Array.isArray(seen.body)).toBe(many === '[]');
  expect(items.length > 0 || more.mayBeEmpty === true).toBe(true);
  expect(items.flatMap((item) => entityFaults(entity, item))).toEqual([]);
});

describe('in none of it', () => {
  test('is anything that a browser would run', () => {
    expect(told.length).toBeGreaterThan(60);
    // Names and texts are plain text, which clients escape; addresses and HTML are not.
    const harmless = (json: string): string => json.replaceAll(/"(display_name|name|text|username|shortcode)":"(?:[^"\\]|\\.)*"/g, '');
    const bad = /<script|javascript:|data:text|onerror|onclick|<img/i;
    expect(told.filter(([, json]) => bad.test(harmless(json))).map(([path]) => path)).toEqual([]);
  });

  test('is an address of ours that leads nowhere', async () => {
    const origin = `http://${world.server.domain}`;
    const found = new Set(told.flatMap(([, json]) => json.match(new RegExp(`${origin}/[^"\\\\<\\s]*`, 'g')) ?? []));
    // Posts may be hidden from strangers, and what is asked by POST alone has no page.
    const pages = [...found].filter((url) => !/\/(oauth|api|ap|inbox)\/|\/@[^/]+\/\d+/.test(url));
    expect(pages.length).toBeGreaterThan(5);
    const seen = await Promise.all(pages.map((url) => ask(world.server, 'GET', url.slice(origin.length), { headers: { accept: 'text/html' } })));
    expect(pages.filter((_, index) => (seen[index]?.status ?? 500) >= 400)).toEqual([]);
  });

  test('is a secret of anybody', () => {
    const secrets = /argon2|scrypt|password|BEGIN [A-Z ]*PRIVATE|"ip":"\d/;
    expect(told.filter(([path, json]) => secrets.test(json) && !path.includes('/admin/')).map(([path]) => path)).toEqual([]);
    expect(told.filter(([path, json]) => json.includes('@mail.example') && !path.includes('/admin/')).map(([path]) => path)).toEqual([]);
  });
});
