import { expect, test } from '@jest/globals';
import { entityFaults } from './entity-faults.js';

const rule = { id: '1', text: 'x', hint: '', translations: {} };

test.each<[string, unknown, string[]]>([
  ['Rule', rule, []],
  ['Rule', { ...rule, id: 1 }, ['Rule.id: 1 is no String id']],
  ['Rule', { ...rule, hint: undefined }, ['Rule.hint: is missing']],
  ['Rule', { ...rule, hint: null }, ['Rule.hint: is null']],
  ['Rule', { ...rule, more: 1 }, ['Rule.more: no such attribute']],
  ['Rule', [], ['Rule: is no object']],
  ['Marker', { last_read_id: '1', version: 1.5, updated_at: '2026-01-01T00:00:00Z' }, [
    'Marker.version: 1.5 is no Integer',
    'Marker.updated_at: "2026-01-01T00:00:00Z" is no String datetime',
  ]],
  ['Tag', { id: '1', name: 'x', url: 'nowhere', history: [{ day: '1', uses: '1' }] }, [
    'Tag.url: "nowhere" is no String url',
    'Tag.history[0].accounts: is missing',
  ]],
  ['Context', { ancestors: [], descendants: [3] }, ['Context.descendants[0]: is no object']],
  ['Context', { ancestors: [], descendants: {} }, ['Context.descendants: {} is no Status[]']],
  ['DomainBlock', { domain: 'x', digest: 'y', severity: 'noop' }, [
    'DomainBlock.digest: "y" is no String sha256',
    'DomainBlock.severity: "noop" is no String silence/suspend',
  ]],
])('%s %j', (name, json, expected) => {
  expect(entityFaults(name, json)).toEqual(expected);
});

test('an entity that nobody knows is a mistake of the test', () => {
  expect(() => entityFaults('Nothing', {})).toThrow('no entity Nothing');
});
