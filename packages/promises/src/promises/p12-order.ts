import { setTimeout as sleep } from 'node:timers/promises';
import { claimsOf } from '../load/claims.js';
import { remoteOf } from '../load/cast.js';
import type { Step } from '../load/plan.js';
import { Random } from '../load/random.js';
import { RemoteActs } from '../load/remote-acts.js';
import type { Attack, Round } from '../round.js';

/** Each way of arriving meets objects that live on and objects that end. */
const OBJECTS = { short: 20, long: 120 };
/** So that two servers have no more under way than one domain may. */
const AT_ONCE = 20;
const EDITS = 5;
/** Between two arrivals: most come at once, one in so many late. */
const PAUSE_MS_MAX = 30;
const LATE_MS_MAX = 3_000;
const ONE_IS_LATE_OF = 6;

/** How the activities of one object arrive. */
const ARRIVALS = ['in order', 'edits reversed', 'edits shuffled', 'deletion first', 'all shuffled'] as const;

/** A Create, five Updates and, for half of the objects, a Delete; all redelivered, late, and out of order; and at the very end the Create under another id. */
export const order: Attack = {
  id: 'P12',
  promise: 'the last state wins, whatever the order',
  short: true,
  sizes: { operations: 12, writers: 2, remotes: 2 },
  script: async (round) => {
    const lives = Array.from({ length: round.options.isShort ? OBJECTS.short : OBJECTS.long }, (_, index) => lifeOf(round, index));
    const acts = new RemoteActs(round.people, { host: new URL(round.stage.split.url).host, inboxUrls: [`${round.stage.split.url}/inbox`] });
    for (let at = 0; at < lives.length; at += AT_ONCE) await Promise.all(lives.slice(at, at + AT_ONCE).map((life, index) => send(round, acts, life, at + index)));
  },
};

/** The object's activities in the order in which its author made them. */
function lifeOf(round: Round, index: number): Step[] {
  const { remotes } = round.people.cast;
  const who = remotes[index % remotes.length] ?? '';
  const first = 1_000 + index * 10;
  const object = `${round.options.name}-${first}`;
  const edits = Array.from({ length: EDITS }, (_, edit): Step => ({ op: first + 1 + edit, who, kind: 'edit', object, version: edit + 1, sends: 1 }));
  const end: Step[] = Math.floor(index / ARRIVALS.length) % 2 === 0 ? [] : [{ op: first + EDITS + 1, who, kind: 'delete', object, sends: 1 }];
  return [{ op: first, who, kind: 'post', object, version: 0, sends: 1 }, ...edits, ...end];
}

async function send(round: Round, acts: RemoteActs, life: readonly Step[], index: number): Promise<void> {
  const random = new Random(round.options.seed * 1_000 + index);
  const remote = remoteOf(round.people, life[0]?.who ?? '');
  // Made in order, whatever order they leave in; who asks for the object later gets its newest state.
  for (const step of life) {
    const activity = acts.activityOf(step, undefined);
    const made = activity['object'] as Readonly<Record<string, unknown>>;
    if (step.kind === 'delete') remote.documents.delete(String(made['id']));
    else remote.documents.set(String(made['id']), made);
    const { claims } = claimsOf(step, round.people.cast);
    round.history.add({ type: 'ask', op: step.op, atMs: round.history.nowMs(), who: step.who, action: `${step.kind} ${step.object} v${step.version ?? '-'}`, claims, effects: [] });
  }
  for (const step of arrivalOf(life, index, random)) {
    await sleep(random.below(ONE_IS_LATE_OF) === 0 ? random.below(LATE_MS_MAX) : random.below(PAUSE_MS_MAX));
    const answer = await acts.send(step, undefined, 1);
    round.history.add({ type: 'answer', op: step.op, atMs: round.history.nowMs(), outcome: answer.status < 300 ? 'acknowledged' : 'refused', status: answer.status });
    if (answer.status >= 300) round.violate(`${step.kind} of ${step.object} was answered ${answer.status}`);
  }
  // The very first one once more under another id, as somebody forwards it: no receipt knows it.
  const [create] = life;
  if (create === undefined) return;
  const again = { ...acts.activityOf(create, undefined), id: remote.person.activity('Create', null).id };
  const { status } = await remote.sendActivity(`${round.stage.split.url}/inbox`, again);
  if (status >= 300) round.violate(`${create.object}, created again, was answered ${status}`);
}

/** Everything once in an order of its kind, then some of it again. */
function arrivalOf(life: readonly Step[], index: number, random: Random): Step[] {
  const [create, ...rest] = life;
  if (create === undefined) return [];
  const edits = rest.filter(({ kind }) => kind === 'edit');
  const ends = rest.filter(({ kind }) => kind === 'delete');
  const again = shuffled(life, random).slice(0, 3);
  switch (ARRIVALS[index % ARRIVALS.length]) {
    case 'in order':
      return [...life, ...again];
    case 'edits reversed':
      return [create, ...edits.toReversed(), ...ends, ...again];
    case 'edits shuffled':
      return [create, ...shuffled([...edits, ...ends], random), ...again];
    case 'deletion first':
      return [...ends, create, ...edits, ...again];
    default:
      return [...shuffled(life, random), ...again];
  }
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  const left = [...items];
  return items.map(() => left.splice(random.below(left.length), 1)[0]).filter((item) => item !== undefined);
}
