/** The processes that benchmarks start beside themselves, by name. */
const WORKERS: Readonly<Record<string, () => Promise<{ serve: () => void }>>> = {
  senders: () => import('./inbox/senders.js'),
  'bare-inbox': () => import('./inbox/bare-inbox.js'),
  'fedify-inbox': () => import('./inbox/fedify-inbox.js'),
  'push-loops': () => import('./fan-out/push-loops.js'),
  load: () => import('./load/generator.js'),
  'feed-watch': () => import('./load/feed-watch.js'),
  'page-reader': () => import('./load/page-reader.js'),
  sink: () => import('./deliver/sink.js'),
  'bare-sender': () => import('./deliver/bare-sender.js'),
  'fedify-sender': () => import('./deliver/fedify-sender.js'),
  readers: () => import('./home-read/readers.js'),
  'bare-pages': () => import('./home-read/bare-pages.js'),
  'orm-pages': () => import('./home-read/orm-pages.js'),
  spin: () => import('./copies/spin.js'),
};

/** Becomes a worker of a benchmark. @throws Error when there is none of that name. */
export async function runWorker(name: string): Promise<void> {
  const load = WORKERS[name];
  if (load === undefined) throw new Error(`no worker ${name}`);
  (await load()).serve();
}
