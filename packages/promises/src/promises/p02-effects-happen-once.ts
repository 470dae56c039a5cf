import { setTimeout as sleep } from 'node:timers/promises';
import { castOf, planSteps } from '../load/plan.js';
import type { Attack } from '../round.js';

/** How often every activity of a remote is sent: ten times to each of three receivers. In the short run one of these is the proxy before the other two. */
const SENDS = 30;

export const effectsHappenOnce: Attack = {
  id: 'P2',
  promise: 'the effect of an activity happens once',
  short: true,
  longStage: { replicas: 3 },
  sizes: { operations: 140, writers: 2, remotes: 4 },
  plan: (seed, name, sizes) => {
    const cast = castOf(name, sizes);
    return planSteps(seed, name, cast, sizes.operations).map((step) => ({ ...step, sends: cast.remotes.includes(step.who) ? SENDS : 1 }));
  },
  perform: ({ stage }) => {
    const copies = stage.split.running.processes.filter(({ app }) => app === 'inbox').map(({ port }) => `http://127.0.0.1:${port}/inbox`);
    return { inboxUrls: copies.length > 2 ? copies : [`${stage.split.url}/inbox`, ...copies] };
  },
  script: async (round) => {
    const { stage } = round;
    await round.at(0.2);
    round.fault('one copy of inbox and timeline stands still');
    for (const app of ['inbox', 'timeline']) stage.signal(app, 'SIGSTOP', 0);
    // The long run passes the broker's AckWait of 30 s: what they hold is given to others, and then they wake up.
    await round.outage(6, 40);
    for (const app of ['inbox', 'timeline']) stage.signal(app, 'SIGCONT', 0);
    for (const [app, name] of [['inbox', 'after_effects_before_ack'], ['timeline', 'after_effects_before_ack'], ['timeline', 'between_fanout_chunks']] as const) await round.dieAt(app, name);
    for (const share of [0.6, 0.75, 0.9]) {
      await round.at(share);
      await sleep(round.random.below(40));
      round.fault('kill -9 inbox and timeline');
      for (const app of ['inbox', 'timeline']) stage.signal(app, 'SIGKILL', share === 0.75 ? 0 : undefined);
      for (const app of ['inbox', 'timeline']) await stage.split.ready(app);
    }
  },
};
