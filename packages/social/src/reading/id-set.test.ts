import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Snowflake } from '@trunkline/kernel';
import { IdSet } from './id-set.js';

const id = fc.oneof(fc.bigInt(0n, 30n), fc.bigInt(999_999_990n, 1_000_000_010n), fc.bigInt(0n, 9_223_372_036_854_775_807n)).map((value) => String(value) as Snowflake);

test('holds what a Set of the same ids holds, at both sides of where ids are cut in two', () => {
  fc.assert(
    fc.property(fc.array(id, { maxLength: 60 }), fc.array(id, { maxLength: 30 }), (ids, others) => {
      const set = IdSet.of(ids);
      const known = new Set(ids);
      for (const each of [...ids, ...others]) expect(set.has(each)).toBe(known.has(each));
    }),
  );
});
