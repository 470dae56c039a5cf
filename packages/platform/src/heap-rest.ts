import { performance } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** How often it is asked what the process does, in ms. */
const LOOK_EVERY_MS = 5_000;
/** Of the time between two looks: above this the process is at work. */
const BUSY_SHARE = 0.05;
/** Looks without work after which the heap is given back. */
const QUIET_LOOKS = 6;

type Collect = () => void;
type V8Collect = (options: { readonly type: 'major'; readonly flavor: 'last-resort' }) => void;

/**
 * When a process gives memory back to the machine. V8 does it some seconds after a process allocates little, which a server between two posts does, and so stops it
 * for a tenth of a second just as a crowd may come. Here it waits until nothing was asked for half a minute, and does it once.
 */
export class HeapRest {
  private last = performance.eventLoopUtilization();
  private quiet = 0;
  private worked = true;
  private readonly timer: NodeJS.Timeout;

  /** @param collect what is done when all is quiet */
  constructor(private readonly collect: Collect) {
    this.timer = setInterval(() => this.look(performance.eventLoopUtilization(this.last).utilization), LOOK_EVERY_MS).unref();
  }

  /** For the whole process, as long as it lives. */
  static start(): HeapRest {
    setFlagsFromString('--no-memory-reducer');
    return new HeapRest(wholeCollection());
  }

  /** @param share of the time since the last look in which the event loop was at work, 0 to 1 */
  look(share: number): void {
    this.last = performance.eventLoopUtilization();
    if (share > BUSY_SHARE) {
      [this.quiet, this.worked] = [0, true];
      return;
    }
    this.quiet += 1;
    if (this.quiet < QUIET_LOOKS || !this.worked) return;
    this.worked = false;
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
