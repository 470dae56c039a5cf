import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { EventContract } from './define-event.js';
import * as events from './events.js';
import { CONSUMERS, consumerName, groupsOf, STREAMS, subjectIn } from './streams.js';

const folder = join(import.meta.dirname, '../golden');
const fileOf = (contract: EventContract): string => `${contract.subject.replace('.', '-')}.json`;
const goldenOf = (contract: EventContract): Record<string, unknown> =>
  JSON.parse(readFileSync(join(folder, fileOf(contract)), 'utf8')) as Record<string, unknown>;

/** NATS subject matching, for patterns with `*` alone. */
function matches(pattern: string, subject: string): boolean {
  const [want, is] = [pattern.split('.'), subject.split('.')];
  return want.length === is.length && want.every((token, i) => token === '*' || token === is[i]);
}

const contracts = Object.entries<EventContract>(events).map(([name, contract]) => ({ name, contract }));

describe('golden payloads stay readable for ever', () => {
  test('each event has its file and no file is left over', () => {
    expect(readdirSync(folder).sort()).toEqual(contracts.map(({ contract }) => fileOf(contract)).sort());
  });

  test.each(contracts)('$name reads its golden payload back unchanged', ({ contract }) => {
    expect(contract.schema.parse(goldenOf(contract))).toEqual(goldenOf(contract));
  });

  // A later minor version of a publisher may add members while old readers still run.
  test.each(contracts)('$name ignores members that it does not know', ({ contract }) => {
    expect(contract.schema.parse({ ...goldenOf(contract), addedLater: { deep: true } })).toEqual(goldenOf(contract));
  });

  test.each(contracts)('$name needs every member it declares', ({ contract }) => {
    for (const member of Object.keys(goldenOf(contract))) {
      const { [member]: _, ...rest } = goldenOf(contract);
      expect({ member, ok: contract.schema.safeParse(rest).success }).toEqual({ member, ok: false });
    }
  });
});

describe('sizes', () => {
  // The doorbell names up to a hundred rows; everything else carries ids and routing facts only.
  test.each(contracts.filter(({ contract }) => contract !== events.ActivityReceivedV1))('$name stays under 1 KiB', ({ contract }) => {
    expect(Buffer.byteLength(JSON.stringify(goldenOf(contract)))).toBeLessThan(1024);
  });

  test('a doorbell of a hundred of the longest ids stays under 4 KiB', () => {
    const inboundIds = Array.from({ length: 100 }, () => '9223372036854775807');
    const event = events.ActivityReceivedV1.schema.parse({ ...goldenOf(events.ActivityReceivedV1), inboundIds });
    expect(Buffer.byteLength(JSON.stringify(event))).toBeLessThan(4096);
  });
});

describe('the table of streams', () => {
  test.each(contracts)('$name belongs to exactly one stream', ({ contract }) => {
    const takers = STREAMS.filter((stream) => stream.subjects.some((pattern) => matches(pattern, contract.subject)));
    expect(takers).toHaveLength(1);
  });

  test('no two streams or patterns overlap: a broker refuses that', () => {
    const patterns = STREAMS.flatMap((stream) => stream.subjects);
    for (const [i, a] of patterns.entries()) {
      for (const b of patterns.slice(i + 1)) expect(matches(a, b) || matches(b, a)).toBe(false);
    }
  });

  test.each(CONSUMERS)('$name reads a subject that its stream holds', ({ stream, subject }) => {
    const subjects = STREAMS.find((spec) => spec.name === stream)?.subjects ?? [];
    expect(subjects.some((pattern) => matches(pattern, subject))).toBe(true);
  });

  test('consumer names are unique', () => {
    expect(new Set(CONSUMERS.map((consumer) => consumer.name)).size).toBe(CONSUMERS.length);
  });

  // Broker 2.9: no space, dot, wildcard or slash; names become parts of subjects and of file paths.
  test.each([...CONSUMERS, ...STREAMS])('$name is a name that broker 2.9 takes', ({ name }) => {
    expect(name).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
  });

  test('a workqueue has one consumer per subject: its broker refuses a second', () => {
    for (const stream of STREAMS.filter((spec) => spec.retention === 'workqueue')) {
      const subjects = CONSUMERS.filter((consumer) => consumer.stream === stream.name).map((consumer) => consumer.subject);
      expect(new Set(subjects).size).toBe(subjects.length);
    }
  });

  test('somebody handles every event', () => {
    expect(contracts.filter(({ contract }) => groupsOf(contract.subject).length === 0)).toEqual([]);
  });

  // A backlog of other servers fills a stream and consumers of its own.
  test('every job stands in both lanes, but what no other server can cause, and posts of others, of which the outbox tells nobody', () => {
    const inLane = (stream: string) => CONSUMERS.filter((consumer) => consumer.stream === stream).map((consumer) => consumer.group);
    const lacking = inLane('SOCIAL').filter((group) => !inLane('REMOTE').includes(group));
    expect(lacking).toEqual(['timeline-notify-account-registered-v1', 'outbox-plan-status-published-v1', 'outbox-plan-status-voted-v1', 'outbox-plan-status-pinned-v1']);
    for (const { contract } of contracts) {
      const taken = STREAMS.filter((stream) => stream.subjects.some((pattern) => matches(pattern, subjectIn('remote', contract))));
      expect(taken.map(({ name }) => name)).toEqual([contract === events.ActivityReceivedV1 ? 'INBOUND' : !contract.publishedBy.includes('inbox') ? 'SOCIAL' : 'REMOTE']);
    }
  });

  test('a consumer that the table lacks is a bug in wiring', () => {
    expect(consumerName('timeline', 'fan-out', events.StatusPublishedV1)).toBe('timeline-fan-out-status-published-v1');
    expect(() => consumerName('inbox', 'fan-out', events.StatusPublishedV1)).toThrow(TypeError);
  });
});
