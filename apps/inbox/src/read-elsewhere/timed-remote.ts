import type { ReadPorts } from './ports.js';
import type { ReadingBudget } from './reading-budget.js';

/** Other servers as one reading sees them: each request, also one for an author, counts for the time of its domain. */
export function timedRemote(remote: ReadPorts['remote'], budget: ReadingBudget): ReadPorts['remote'] {
  return {
    fetchObject: (uri, options) => budget.timed(uri, () => remote.fetchObject(uri, options)),
    fetchCollection: (url) => budget.timed(url, () => remote.fetchCollection(url)),
    webfinger: (handle) => budget.timed(`https://${handle.domain}/`, () => remote.webfinger(handle)),
  };
}
