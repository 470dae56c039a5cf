import type { Attack, Round } from '../round.js';

const COPIES = 3;

/** One copy of each worker after the other stands still for longer than its leases last, and wakes up believing that it leads: of three, two of whom take over. */
export const twoLeaders: Attack = {
  id: 'P15',
  promise: 'two leaders do nothing twice',
  short: false,
  stage: { replicas: COPIES },
  endsNoProcess: true,
  sizes: { operations: 200, writers: 3, remotes: 3 },
  perform: () => ({ paceMs: 200 }),
  longSizes: { operations: 400 },
  script: async (round) => {
    let changes = 0;
    for (let copy = 0; copy < COPIES; copy += 1) {
      await round.at(0.1 + copy * 0.3);
      round.fault(`copy ${copy} of inbox, timeline and outbox stands still`);
      const before = await leaders(round);
      for (const app of ['inbox', 'timeline', 'outbox']) round.stage.signal(app, 'SIGSTOP', copy);
      await round.outage(20, 60);
      const after = await leaders(round);
      changes += [...after].filter(([name, holder]) => before.get(name) !== holder).length;
      for (const app of ['inbox', 'timeline', 'outbox']) round.stage.signal(app, 'SIGCONT', copy);
    }
    round.history.note(`${changes} leases changed hands while their holders stood still`);
    // Each copy of each worker stood still once, longer than a lease lasts: whoever led was replaced, and believed in its lease when it woke up.
    if (changes === 0) round.late('nobody took over: there were no two leaders');
  },
};

/** Who holds each lease. */
async function leaders({ stage }: Round): Promise<ReadonlyMap<string, string>> {
  const rows = await stage.db.query<{ name: string; holder: string }>('SELECT name, holder FROM events.leases LIMIT 1000');
  return new Map(rows.map(({ name, holder }) => [name, holder]));
}
