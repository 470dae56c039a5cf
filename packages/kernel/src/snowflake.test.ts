import { describe, expect, test } from '@jest/globals';
import { compareIds, firstIdAt, idTimeMs, isSnowflake, SnowflakeGenerator } from './snowflake.js';

describe('snowflake ids', () => {
  test('ten thousand ids within one frozen millisecond are unique and rise', () => {
    const generator = new SnowflakeGenerator(7, () => 1_700_000_000_000);
    const ids = Array.from({ length: 10_000 }, () => generator.next());
    expect(new Set(ids).size).toBe(ids.length);
    expect([...ids].sort(compareIds)).toEqual(ids);
  });

  test('a clock that steps back ten minutes does not bring an old id back', () => {
    let nowMs = 1_700_000_600_000;
    const generator = new SnowflakeGenerator(1, () => nowMs);
    const before = generator.next();
    nowMs -= 600_000;
    expect(compareIds(before, generator.next())).toBeLessThan(0);
  });

  test('two workers in the same millisecond never make the same id', () => {
    const [a, b] = [new SnowflakeGenerator(1, () => 5), new SnowflakeGenerator(2, () => 5)];
    const ids = Array.from({ length: 60 }, () => [a.next(), b.next()]).flat();
    expect(new Set(ids).size).toBe(120);
  });

  test('an id made for the past carries that time, one for the future carries now', () => {
    const generator = new SnowflakeGenerator(0, () => 2_000);
    expect(idTimeMs(generator.at(1_000, 3))).toBe(1_000);
    expect(idTimeMs(generator.at(9_000, 3))).toBe(2_000);
    expect(compareIds(generator.at(1_000, 0), firstIdAt(1_000))).toBe(0);
  });

  test.each(['', '-1', '01', '1e3', '9223372036854775808', ' 1', '1;drop', null, 12])('%p is no id', (text) => {
    expect(isSnowflake(text)).toBe(false);
  });

  test('the largest signed 64-bit number is an id', () => {
    expect(isSnowflake('9223372036854775807')).toBe(true);
  });
});
