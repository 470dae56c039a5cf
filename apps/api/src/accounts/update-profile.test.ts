import { describe, expect, test } from '@jest/globals';
import type { Account } from '@trunkline/domain';
import { readParams, UpdateCredentialsParams } from '@trunkline/mastodon-api';
import { changeOf } from './update-profile.js';

const VERIFIED = new Date('2026-01-01T00:00:00Z');
const account = {
  displayName: 'Alice',
  note: 'hello',
  locked: false,
  discoverable: null,
  indexable: false,
  hideCollections: null,
  actorType: 'Person',
  fields: [{ name: 'Site', value: 'https://a.example', verifiedAt: VERIFIED }],
} as unknown as Account;
const change = (body: unknown) => changeOf(account, readParams(UpdateCredentialsParams, body));

describe('what changes of a profile', () => {
  test('nothing, when everything comes back as it was', () => {
    expect(change({ display_name: 'Alice', note: 'hello', locked: 'false', fields_attributes: { 0: { name: 'Site', value: 'https://a.example' } } })).toEqual({});
    expect(change({})).toEqual({});
  });

  test('what is said and differs', () => {
    expect(change({ display_name: ' Bob ', bot: '1', locked: true, discoverable: 'false' })).toEqual({
      displayName: 'Bob',
      actorType: 'Service',
      locked: true,
      discoverable: false,
    });
  });

  test('blank clears', () => {
    expect(change({ display_name: '', note: '' })).toEqual({ displayName: '', note: '' });
    expect(change({ fields_attributes: [{ name: '', value: '' }] })).toEqual({ fields: [] });
  });

  test('a proved link stays proved under another name, and not when it changes', () => {
    const [kept] = change({ fields_attributes: [{ name: 'Home', value: 'https://a.example' }] }).fields ?? [];
    expect(kept).toEqual({ name: 'Home', value: 'https://a.example', verifiedAt: VERIFIED });
    const [other] = change({ fields_attributes: [{ name: 'Home', value: 'https://b.example' }] }).fields ?? [];
    expect(other?.verifiedAt).toBeNull();
  });

  test.each([
    { display_name: 'x'.repeat(31) },
    { note: 'x'.repeat(501) },
    { fields_attributes: Array.from({ length: 5 }, () => ({ name: 'a', value: 'b' })) },
    { fields_attributes: [{ name: 'a', value: 'b'.repeat(256) }] },
    { source: { privacy: 'nobody' } },
  ])('too much is refused: %#', (body) => {
    expect(() => change(body)).toThrow(/Validation failed/);
  });
});
