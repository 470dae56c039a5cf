import { describe, expect, test } from '@jest/globals';
import { currentTrace, currentTraceparent, formatTraceparent, parseTraceparent, runWithTrace, startTrace } from './trace.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const HEADER = `00-${TRACE}-00f067aa0ba902b7-01`;

describe('trace context', () => {
  test('reads and writes the header of the specification', () => {
    const trace = parseTraceparent(HEADER);
    expect(trace).toEqual({ traceId: TRACE, spanId: '00f067aa0ba902b7', sampled: true });
    expect(trace && formatTraceparent(trace)).toBe(HEADER);
  });

  test.each([
    undefined,
    '',
    'garbage',
    `ff-${TRACE}-00f067aa0ba902b7-01`,
    `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `00-${TRACE.toUpperCase()}-00f067aa0ba902b7-01`,
    `${HEADER}-extra`,
    'x'.repeat(10_000),
    ['a', 'b'],
  ])('%p is no trace', (header) => {
    expect(parseTraceparent(header)).toBeNull();
  });

  test('a later version is read as far as we know it', () => {
    expect(parseTraceparent(`01-${TRACE}-00f067aa0ba902b7-00-more`)).toMatchObject({ traceId: TRACE, sampled: false });
  });

  test('a step below keeps the trace and has an id of its own, across awaits', async () => {
    await runWithTrace(HEADER, async () => {
      await new Promise((resolve) => setImmediate(resolve));
      expect(currentTrace()?.traceId).toBe(TRACE);
      expect(currentTraceparent()).toMatch(new RegExp(`^00-${TRACE}-[0-9a-f]{16}-01$`));
      expect(currentTrace()?.spanId).not.toBe('00f067aa0ba902b7');
    });
    expect(currentTraceparent()).toBeNull();
  });

  test('side by side runs do not see each other', async () => {
    const ids = await Promise.all([1, 2].map(() => runWithTrace(null, async () => currentTrace()?.traceId)));
    expect(ids[0]).not.toBe(ids[1]);
    expect(startTrace().traceId).toMatch(/^[0-9a-f]{32}$/);
  });
});
