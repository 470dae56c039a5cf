import { describe, expect, test } from '@jest/globals';
import { AppError } from '@trunkline/kernel';
import fc from 'fast-check';
import type { z } from 'zod';
import * as accounts from './accounts.js';
import * as moderation from './moderation.js';
import * as oauth from './oauth.js';
import { pageParams } from './pieces.js';
import * as reading from './reading.js';
import { readParams } from './read.js';
import * as statuses from './statuses.js';
import { oauthError, renderError } from '../errors.js';

const schemas = Object.entries({ ...accounts, ...moderation, ...oauth, ...reading, ...statuses } as Record<string, unknown>)
  .filter((entry): entry is [string, z.ZodType] => entry[0].endsWith('Params'));

const messageOf = (schema: z.ZodType, input: unknown): string => {
  try {
    readParams(schema, input);
    return 'fine';
  } catch (error) {
    return error instanceof AppError ? error.safe : `bug: ${String(error)}`;
  }
};

test('there are schemas to test', () => expect(schemas.length).toBeGreaterThan(25));

test.each(schemas)('%s answers anything with parameters or a 422', (_, schema) => {
  const keys = ['status', 'id', 'media_ids', 'q', 'acct', 'email', 'fields_attributes', 'source', 'home', 'domain', 'redirect_uris', 'scopes', 'limit', 'type', 'text'];
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...keys), fc.jsonValue()), (input) => {
      expect(messageOf(schema, input)).toMatch(/^(fine$|Validation failed: )/);
    }),
    { numRuns: 60 },
  );
  for (const input of [undefined, null, 'text', 7, []]) expect(messageOf(schema, input)).toMatch(/^(fine$|Validation failed: )/);
});

// What is absent must not slip past a check that what is wrong would fail.
test.each<[string, z.ZodType, string]>([
  ['an application', oauth.CreateAppParams, "Validation failed: Client name can't be blank, Redirect uris can't be blank"],
  ['a sign-up', accounts.RegisterParams, "Validation failed: Username can't be blank, Email can't be blank, Password can't be blank, Agreement must be accepted"],
  ['a status', statuses.CreateStatusParams, "Validation failed: Text can't be blank"],
  ['an edit', statuses.EditStatusParams, "Validation failed: Text can't be blank"],
  ['a report', moderation.ReportParams, "Validation failed: Account id can't be blank"],
  ['a decision', moderation.AccountActionParams, "Validation failed: Type can't be blank"],
  ['a rule', moderation.CreateDomainBlockParams, "Validation failed: Domain can't be blank"],
  ['an allowance', moderation.CreateDomainAllowParams, "Validation failed: Domain can't be blank"],
  ['a search', reading.SearchParams, "Validation failed: Q can't be blank"],
  ['a lookup', accounts.LookupParams, "Validation failed: Acct can't be blank"],
])('%s without anything is refused', (_, schema, expected) => {
  expect(messageOf(schema, {})).toBe(expected);
});

describe('statuses', () => {
  test('forms and JSON read alike', () => {
    const json = readParams(statuses.CreateStatusParams, { status: ' hi ', media_ids: [7, '7', 'x'], sensitive: true, in_reply_to_id: 12, visibility: null });
    const form = readParams(statuses.CreateStatusParams, { status: 'hi', media_ids: { 0: '7' }, sensitive: 'on', in_reply_to_id: '12', visibility: '', language: 'de' });
    expect(json).toEqual({ text: 'hi', spoilerText: '', mediaIds: ['7'], sensitive: true, language: null, inReplyToId: '12', poll: null, quotedId: null, quotePolicy: undefined, visibility: null });
    expect(form).toEqual({ ...json, language: 'de' });
  });

  test('a warning alone is the text', () => {
    expect(readParams(statuses.CreateStatusParams, { spoiler_text: 'cw' })).toMatchObject({ text: 'cw', spoilerText: '' });
  });

  test.each<[unknown, string]>([
    [{}, "Validation failed: Text can't be blank"],
    [{ status: ' \n' }, "Validation failed: Text can't be blank"],
    [{ status: '', media_ids: ['1'] }, 'fine'],
    [{ status: 'x', visibility: 'secret' }, 'Validation failed: Visibility is not included in the list'],
    [{ status: 'x', media_ids: ['1', '2', '3', '4', '5'] }, 'Validation failed: Media ids cannot be more than 4 files'],
    [{ status: 'x', in_reply_to_id: 'x' }, 'Validation failed: In reply to id is invalid'],
    [{ status: 'x', poll: { options: ['a'] } }, 'Validation failed: Poll options must have more than one item, Poll expires at is too soon'],
    [{ status: 'x', scheduled_at: '2030-01-01' }, 'Validation failed: Scheduled at is not supported by this server'],
    [{ status: 'x', poll: { options: ['a', 'b'.repeat(51)], expires_in: 300 } }, "Validation failed: Poll options can't be longer than 50 characters each"],
    [{ status: 'x', poll: 'yes' }, 'Validation failed: Poll is invalid'],
    [[], "Validation failed: Text can't be blank"],
    [{ status: 'x'.repeat(70_000) }, 'Validation failed: Status is too long (maximum is 65536 characters)'],
    [{ status: { evil: 1 } }, 'Validation failed: Status is invalid'],
  ])('%j', (input, expected) => {
    expect(messageOf(statuses.CreateStatusParams, input).slice(0, 90)).toBe(expected.slice(0, 90));
  });

  test('pages follow the limits', () => {
    expect(readParams(statuses.PublicTimelineParams, { limit: '500', local: '1', remote: 'true', max_id: 'x' })).toEqual({
      page: { limit: 40, maxId: null, sinceId: null, minId: null }, local: true, remote: false, onlyMedia: false,
    });
    expect(readParams(pageParams(40), { limit: '-5', min_id: '3', since_id: '2' })).toEqual({ limit: 5, maxId: null, sinceId: null, minId: '3' });
  });
});

describe('applications', () => {
  const app = { client_name: 'x', redirect_uris: 'urn:ietf:wg:oauth:2.0:oob\nmyapp://done', scopes: 'read write' };

  test('a registration', () => {
    expect(readParams(oauth.CreateAppParams, app)).toEqual({
      name: 'x', redirectUris: ['urn:ietf:wg:oauth:2.0:oob', 'myapp://done'], scopes: ['read', 'write'], website: null,
    });
    expect(readParams(oauth.CreateAppParams, { ...app, redirect_uris: ['https://a.example/cb'], scopes: undefined }).scopes).toEqual(['read']);
  });

  test.each<[object, string]>([
    [{ client_name: '' }, "Validation failed: Client name can't be blank"],
    [{ redirect_uris: '' }, "Validation failed: Redirect uris can't be blank"],
    [{ redirect_uris: 'javascript:alert(1)' }, 'Validation failed: Redirect uris must be an absolute URI.'],
    [{ redirect_uris: '/relative' }, 'Validation failed: Redirect uris must be an absolute URI.'],
    [{ redirect_uris: 'https://a.example/#x' }, 'Validation failed: Redirect uris must be an absolute URI.'],
    [{ scopes: 'everything' }, "Validation failed: Scopes doesn't match configured on the server."],
    [{ website: 'javascript:alert(1)' }, 'Validation failed: Website must be a valid URL'],
    [{ website: `https://a.example/${'x'.repeat(3000)}` }, 'Validation failed: Website is too long (maximum is 2000 characters)'],
  ])('%j', (change, expected) => {
    expect(messageOf(oauth.CreateAppParams, { ...app, ...change })).toBe(expected);
  });

  test('OAuth endpoints refuse in their own form', () => {
    const read = () => readParams(oauth.TokenParams, { code_verifier: 'short' }, { refusal: () => oauthError('invalid_request') });
    expect(read).toThrow(AppError);
    expect(readParams(oauth.TokenParams, { grant_type: 'client_credentials' })).toMatchObject({ grantType: 'client_credentials', clientId: null });
  });
});

describe('accounts', () => {
  test('sign-up tells each field what is wrong', () => {
    let body: unknown;
    try {
      readParams(accounts.RegisterParams, { username: 'admin', email: 'x', password: 'short' }, { details: true });
    } catch (error) {
      body = error instanceof AppError ? renderError(error) : error;
    }
    expect(body).toEqual({
      error: 'Validation failed: Username is reserved, Email is invalid, Password is too short (minimum is 8 characters), Agreement must be accepted',
      details: {
        username: [{ error: 'ERR_RESERVED', description: 'is reserved' }],
        email: [{ error: 'ERR_INVALID', description: 'is invalid' }],
        password: [{ error: 'ERR_TOO_SHORT', description: 'is too short (minimum is 8 characters)' }],
        agreement: [{ error: 'ERR_ACCEPTED', description: 'must be accepted' }],
      },
    });
  });

  test('sign-up as a form sends it', () => {
    const form = { username: 'Alice', email: ' a@example.com', password: 'correct horse', agreement: 'true', locale: 'de' };
    expect(readParams(accounts.RegisterParams, form)).toEqual({ username: 'Alice', email: 'a@example.com', password: 'correct horse', locale: 'de', reason: null });
  });

  test('a profile keeps what was not sent', () => {
    expect(readParams(accounts.UpdateCredentialsParams, { display_name: '', locked: 'false', fields_attributes: { 0: { name: 'a', value: 'b' }, 1: { name: '', value: '' } } })).toMatchObject({
      displayName: '', note: undefined, locked: false, bot: undefined, fields: [{ name: 'a', value: 'b' }],
    });
    expect(messageOf(accounts.UpdateCredentialsParams, { note: 'x'.repeat(501) })).toBe('Validation failed: Note is too long (maximum is 500 characters)');
    expect(messageOf(accounts.UpdateCredentialsParams, { fields_attributes: Array.from({ length: 5 }, () => ({ name: 'a' })) })).toMatch(/Fields attributes are too many/);
  });

  test('follow and relationships', () => {
    expect(readParams(accounts.FollowParams, { reblogs: '0', languages: ['de', 'x y'] })).toEqual({ showBoosts: false, notify: undefined, languages: ['de'] });
    expect(readParams(accounts.FollowParams, {})).toEqual({ showBoosts: undefined, notify: undefined, languages: undefined });
    expect(readParams(accounts.RelationshipsParams, { id: '4' }).ids).toEqual(['4']);
  });
});

describe('reading and moderation', () => {
  test('markers', () => {
    expect(readParams(reading.SaveMarkersParams, { home: { last_read_id: 7 }, notifications: { last_read_id: 'x' } })).toEqual([{ timeline: 'home', lastReadId: '7' }]);
    expect(readParams(reading.MarkersParams, { timeline: ['notifications', 'x', 'home'] }).timelines).toEqual(['home', 'notifications']);
  });

  test('a search needs words', () => {
    expect(messageOf(reading.SearchParams, { q: '  ' })).toBe("Validation failed: Q can't be blank");
    expect(readParams(reading.SearchParams, { q: '@a@b.example', type: 'x', resolve: 'true' })).toMatchObject({ type: null, resolve: true, offset: 0 });
  });

  test('reports', () => {
    expect(readParams(moderation.ReportParams, { account_id: 3, rule_ids: ['1'] })).toMatchObject({ category: 'violation', ruleIds: ['1'], comment: '' });
    expect(readParams(moderation.ReportParams, { account_id: 3, category: 'spam', rule_ids: ['1'] })).toMatchObject({ category: 'spam', ruleIds: [] });
    expect(messageOf(moderation.ReportParams, {})).toBe("Validation failed: Account id can't be blank");
    expect(messageOf(moderation.ReportParams, { account_id: '1', comment: 'x'.repeat(1001) })).toMatch(/Comment is too long/);
  });

  test('domain rules normalise the host', () => {
    expect(readParams(moderation.CreateDomainBlockParams, { domain: 'https://EVIL.Example/', severity: 'suspend' })).toMatchObject({ domain: 'evil.example', severity: 'suspend' });
    expect(messageOf(moderation.CreateDomainBlockParams, { domain: 'no host' })).toBe('Validation failed: Domain is invalid');
    expect(readParams(moderation.AdminAccountsParams, { origin: 'local', status: 'pending' })).toMatchObject({ origin: 'local', state: 'pending' });
    expect(readParams(moderation.AdminAccountsParams, { remote: 'true', suspended: '1' })).toMatchObject({ origin: 'remote', state: 'suspended' });
  });
});
