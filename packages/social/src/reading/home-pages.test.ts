import { expect, test } from '@jest/globals';
import type { AccountId, StatusId } from '@trunkline/kernel';
import type { FeedContents } from '../ports/reader-stores.js';
import { Changes } from './changes.js';
import { FragmentReader, type FragmentPorts } from './fragment-reader.js';
import { HomePages, type HomePage, type HomePagePorts } from './home-pages.js';

const me = '7' as AccountId;
const PAGE = { limit: 20, maxId: null, sinceId: null, minId: null };
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A reader whose feed is empty, or holds what is not there. */
function given() {
  const clock = { ms: 0 };
  const asked = { looks: 0 };
  let contents: FeedContents = { state: 'complete', ids: [], isWhole: true, hasLate: false, print: '-77 1 -77' };
  const changes = new Changes({ since: () => Promise.resolve({ position: { epoch: 'e', count: 0 }, names: [] }) });
  const store = {
    statusesByIds: () => Promise.resolve([]),
    accountsByIds: () => Promise.resolve([]),
    boostTargets: () => Promise.resolve(new Map()),
    allTies: () => Promise.resolve({ follows: [], choosyFollows: [], blocks: [], blockedBy: [], mutes: [], mutesEndInMs: null }),
    recentMarks: () => Promise.resolve({ sinceId: '1', favourites: [], boosts: [], bookmarks: [], pins: [] }),
  };
  const feeds = {
    look: (_: AccountId, __: number, known: { print: string } | null) => {
      asked.looks += 1;
      return Promise.resolve(known?.print === contents.print ? 'same' : contents);
    },
  };
  const settings = { federationHttpHosts: [], localDomain: 'home.example', webDomain: 'home.example', baseUrl: 'https://home.example' };
  const ports = { store, feeds, changes, settings, pulled: { any: () => Promise.resolve(false) } } as unknown as HomePagePorts & FragmentPorts;
  const pages = new HomePages({ ...ports, fragments: new FragmentReader(ports, () => clock.ms) }, () => clock.ms);
  return {
    clock,
    asked,
    push: (id: string): void => void (contents = { ...contents, ids: [id as StatusId], print: `${id} 2 -77` }),
    read: (): Promise<HomePage> => pages.read({ viewerId: me, page: PAGE, told: true, onPartialFeed: () => undefined }),
  };
}

test('a page that nothing happened to is given again, and looked for once each time', async () => {
  const { asked, read } = given();
  const first = await read();
  expect(await read()).toBe(first);
  expect(asked.looks).toBe(2);
});

test('a page with something in its feed that is not there is not kept', async () => {
  const { push, read } = given();
  push('5');
  expect(await read()).not.toBe(await read());
});

test('who asks shortly before a page runs out has it made anew for those after them, once', async () => {
  const { clock, read } = given();
  const first = await read();
  clock.ms = 44_000;
  expect(await read()).toBe(first);
  await turn();
  expect(await read()).toBe(first);
  clock.ms = 46_000;
  expect([await read(), await read()]).toEqual([first, first]);
  await turn();
  const renewed = await read();
  expect(renewed).not.toBe(first);
  expect(renewed).toEqual(first);
  clock.ms = 100_000;
  expect(await read()).toBe(renewed);
});
