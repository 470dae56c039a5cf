import { setTimeout as sleep } from 'node:timers/promises';
import { quantile } from '../crowd/analyse.js';
import type { BenchOptions } from '../harness/options.js';
import { Stage } from '../harness/stage.js';
import { atMost, type Study } from '../harness/verdict.js';
import type { WorkerProcess } from '../harness/worker-process.js';
import type { Pressed } from '../load/generator.js';
import { seedLoadPeople, type LoadPeople } from '../load/people.js';
import { seedReading } from '../memory/study.js';

const SIZES = { full: { seconds: 20, hosts: 200 }, quick: { seconds: 4, hosts: 40 } } as const;
const PEOPLE = 20;
/** Home timelines a second. */
const RATE = 20;
/** Posts under way at once: the door has 64 places for each core, and keeps on refusing. */
const IN_FLIGHT = 400;
/** Signed before the flood, and sent again and again: what is refused has to come again. So many that hardly any is taken twice: repeats are cheap. */
const POSTS = 8_000;
const P99_MS_MAX = 2_000;

/** How long people wait for their home timeline at the one process of a small server, while other servers send all that they can. */
export async function studyOverload(options: BenchOptions): Promise<Study> {
  const sizes = options.quick ? SIZES.quick : SIZES.full;
  const stage = await Stage.open(options);
  try {
    const load = stage.worker('load');
    const people = await seedLoadPeople(stage, load, { remote: sizes.hosts, local: PEOPLE });
    await seedReading(stage, people);
    const { port } = await stage.server('standalone');
    const reader = stage.worker('page-reader');
    const read = (): Promise<number[]> => reader.ask('read', { port, tokens: people.localTokens, rate: RATE, seconds: sizes.seconds });
    await read();
    const calm = await read();
    const pressing = press(stage, { load, people, port, seconds: sizes.seconds + 2 });
    await sleep(1_000);
    const pressed = await read();
    return report(calm, pressed, await pressing, sizes.seconds + 2);
  } finally {
    await stage.close();
  }
}

async function press(stage: Stage, how: { readonly load: WorkerProcess; readonly people: LoadPeople; readonly port: number; readonly seconds: number }): Promise<Pressed> {
  const { mentionedUris, localTokens } = how.people;
  const plan = { inboxPorts: [how.port], apiPort: how.port, domain: stage.domain, mentionedUris, localTokens, localShare: 0, signsBefore: true };
  await how.load.ask('prepare', { ...plan, phases: [{ rate: POSTS, seconds: 1 }] });
  return how.load.ask('press', { inFlight: IN_FLIGHT, seconds: how.seconds });
}

function report(calm: readonly number[], pressed: readonly number[], { answers, withoutRetryAfter }: Pressed, seconds: number): Study {
  const rows = [['calm', calm], ['overload', pressed]] as const;
  const refused = Object.entries(answers).filter(([status]) => status === '429' || status === '503').reduce((sum, [, count]) => sum + count, 0);
  const others = Object.entries(answers).filter(([status]) => !['202', '429', '503'].includes(status)).reduce((sum, [, count]) => sum + count, 0);
  return {
    name: 'overload',
    head: ['home timeline', 'pages', 'p50 ms', 'p99 ms'],
    rows: rows.map(([name, took]) => [name, String(took.length), quantile(took, 0.5).toFixed(0), quantile(took, 0.99).toFixed(0)]),
    figures: { 'calm p99 ms': quantile(calm, 0.99), 'overload p50 ms': quantile(pressed, 0.5), 'overload p99 ms': quantile(pressed, 0.99), accepted: answers['202'] ?? 0, refused },
    verdicts: [
      atMost('home timeline of standalone under overload, p99', P99_MS_MAX, quantile(pressed, 0.99), ' ms'),
      { goal: 'refused with 429 or 503, and Retry-After', found: `${refused} of them, ${withoutRetryAfter} without; ${others} other answers`, isReached: refused > 0 && withoutRetryAfter === 0 && others === 0, isFirm: others > 0 },
    ],
    notes: [`${IN_FLIGHT} posts of other servers under way at all times: ${Object.entries(answers).map(([status, count]) => `${(count / seconds).toFixed(0)} a second answered ${status}`).join(', ')}`],
  };
}
