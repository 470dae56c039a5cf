import type { Attack } from '../round.js';
import { acceptedIsNotLost } from './p01-accepted-is-not-lost.js';
import { effectsHappenOnce } from './p02-effects-happen-once.js';
import { postsReachEverybody } from './p03-posts-reach-everybody.js';
import { theBrokerForgets } from './p04-the-broker-forgets.js';
import { postgresRestarts } from './p05-postgres-restarts.js';
import { redisIsDisposable } from './p06-redis-is-disposable.js';
import { fullDisks } from './p07-full-disks.js';
import { slowRemotes } from './p08-slow-remotes.js';
import { deadRemoteIsRetried } from './p09-dead-remote-is-retried.js';
import { gracefulStop } from './p10-graceful-stop.js';
import { order } from './p12-order.js';
import { overload } from './p13-overload.js';
import { poison } from './p14-poison.js';
import { twoLeaders } from './p15-two-leaders.js';
import { clocksJump } from './p16-clocks-jump.js';
import { partitions } from './p17-partitions.js';
import { liveIsAtMostOnce } from './p18-live-is-at-most-once.js';
import { aDumpRestores } from './p19-a-dump-restores.js';
import { retriesAreIdempotent } from './p20-retries-are-idempotent.js';
import { nothingWedges } from './p21-nothing-wedges.js';

/** Every attack, in the order of the promises. P11 needs two versions of the server and is not among them. */
export const ATTACKS: readonly Attack[] = [
  acceptedIsNotLost,
  effectsHappenOnce,
  postsReachEverybody,
  theBrokerForgets,
  postgresRestarts,
  redisIsDisposable,
  fullDisks,
  slowRemotes,
  deadRemoteIsRetried,
  gracefulStop,
  order,
  overload,
  poison,
  twoLeaders,
  clocksJump,
  partitions,
  liveIsAtMostOnce,
  aDumpRestores,
  retriesAreIdempotent,
  nothingWedges,
];
