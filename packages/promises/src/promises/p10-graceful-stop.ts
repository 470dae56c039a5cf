import { setTimeout as sleep } from 'node:timers/promises';
import { untilConnectionEnds, type ConnectionEnd } from '../load/keep-alive.js';
import type { Attack, Round } from '../round.js';

const GRACE_MS = 1_000;
/** Until a connection is one that is kept. */
const KEPT_MS = 200;
/** Who asks no more often than that may not hear that a connection ends: services linger for two seconds. */
const IDLE_MS_MAX = 1_500;

/** First every service is asked to stop, copy by copy, and nobody notices; then it is killed a second after it was asked. */
export const gracefulStop: Attack = {
  id: 'P10',
  promise: 'a graceful stop loses nothing',
  short: true,
  sizes: { operations: 200, writers: 3, remotes: 3 },
  perform: () => ({ paceMs: 120 }),
  script: async (round) => {
    const { stage, history } = round;
    const apps = round.victims;
    for (const [index, app] of apps.entries()) {
      await round.at((index * 0.5) / apps.length);
      round.fault(`SIGTERM ${app}`);
      for (const copy of round.options.isShort ? [0] : [0, 1]) {
        const pid = stage.pidOf(app, copy);
        const ending = new AbortController();
        const kept = untilConnectionEnds(stage.portOf(app, copy), ending.signal);
        await sleep(KEPT_MS);
        stage.signal(app, 'SIGTERM', copy);
        await stage.replaced(app, copy, pid);
        ending.abort();
        judge(round, app, await kept);
      }
    }
    // Everything before this line was to be answered as if nothing had happened.
    const cut = history.entries.filter((entry) => entry.type === 'try' && (entry.status === null || entry.status >= 500));
    if (cut.length > 0) round.violate(`${cut.length} requests felt a graceful stop: ${JSON.stringify(cut[0])}`);
    // Killed while it drains, between two steps: what it leaves, others finish.
    for (const [app, name] of [['inbox', 'after_effects_before_ack'], ['outbox', 'after_http_200_before_mark']] as const) {
      const dies = round.dieAt(app, name);
      stage.signal(app, 'SIGTERM', 0);
      await dies;
      await stage.split.ready(app);
    }
    for (const [index, app] of (round.options.isShort ? apps.slice(1, 3) : apps).entries()) {
      await round.at(0.75 + (index * 0.25) / apps.length);
      round.fault(`SIGTERM, then SIGKILL ${app}`);
      const pid = stage.pidOf(app, 0);
      stage.signal(app, 'SIGTERM', 0);
      await sleep(GRACE_MS);
      if (stage.pidOf(app, 0) === pid) stage.signal(app, 'SIGKILL', 0);
      await stage.replaced(app, 0, pid);
    }
  },
};

function judge(round: Round, app: string, end: ConnectionEnd): void {
  if (end === 'told') return;
  const text = `${app} cut a connection that was kept when it was asked to stop: ${end.cut}, ${Math.round(end.idleMs)} ms after its last answer`;
  if (end.idleMs < IDLE_MS_MAX) round.violate(text);
  else round.late(text);
}
