import { performance } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** How often it is asked what the process does, in ms. */
const LOOK_EVERY_MS = 5_000;
/** Of the time between two looks: above this the process is at work. Timers and polling take up to a fiftieth of a small machine's core, a few posts a second more than this. */
const BUSY_SHARE = 0.03;
/** Looks without work after which the heap is given back: half a minute in a young process, whose code is cold, ten minutes in one that was used. */
const QUIET_LOOKS = { young: 6, used: 120 };
/** Looks at work after which code is worth keeping; what starts up is at work for one or two. */
const YOUNG_LOOKS = 6;

type Collect = () => void;
type V8Collect = (options: { readonly type: 'major'; readonly flavor: 'last-resort' }) => void;

/**
 * When a process gives memory back to the machine. V8 does it some seconds after a process allocates little, which a server between two posts does. That stops it for a tenth of a second
 * just as a crowd may come, and, what is worse, leaves it cold: the next tens of thousands of requests were measured to cost up to twice as much (ADR 23). Here it is done once after the
 * start and once in a long rest.
 */
export class HeapRest {
  private last = performance.eventLoopUtilization();
  private quiet = 0;
  private age: keyof typeof QUIET_LOOKS = 'young';
  private worked = 0;
  private isGiven = false;
  private readonly timer: NodeJS.Timeout;

  /** @param collect what is done when all is quiet */
  constructor(private readonly collect: Collect) {
    this.timer = setInterval(() => {
      this.look(performance.eventLoopUtilization(this.last).utilization);
      // The collection itself is no work to rest from.
      this.last = performance.eventLoopUtilization();
    }, LOOK_EVERY_MS).unref();
  }

  /** For the whole process, as long as it lives. V8 only heeds the flag from here on, so services get it on their command line as well (`nodeFlags` of the launcher). */
  static start(): HeapRest {
    setFlagsFromString('--no-memory-reducer');
    return new HeapRest(wholeCollection());
  }

  /** @param share of the time since the last look in which the event loop was at work, 0 to 1 */
  look(share: number): void {
    if (share > BUSY_SHARE) {
      [this.quiet, this.isGiven] = [0, false];
      this.worked += 1;
      if (this.worked >= YOUNG_LOOKS) this.age = 'used';
      return;
    }
    this.quiet += 1;
    if (this.isGiven || this.quiet < QUIET_LOOKS[this.age]) return;
    [this.isGiven, this.age] = [true, 'used'];
    this.collect();
  }

  close(): void {
    clearInterval(this.timer);
  }
}

/** The collection by which V8 gives back what it can: the plain one keeps pages for later. */
function wholeCollection(): Collect {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as V8Collect;
  return () => collect({ type: 'major', flavor: 'last-resort' });
}
