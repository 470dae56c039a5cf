import { expect, test } from '@jest/globals';
import { actorUris, followersDigest } from '@trunkline/activitypub';
import type { AccountId } from '@trunkline/kernel';
import type { ReadPorts } from './ports.js';
import { ReadingBudget } from './reading-budget.js';
import { FOLLOWERS_LIMITS, syncFollowers } from './sync-followers.js';

const BASE = 'https://here.example';
const uri = 'https://evil.example/u';

/** Ten thousand people live here, and nobody follows the account; it says that all of them do. */
function portsOf(listed: readonly string[], undone: unknown[], asked: number[]): ReadPorts {
  const far = { id: '1', uri, domain: 'evil.example', deletedAt: null };
  return {
    settings: { baseUrl: BASE },
    ids: { next: () => '9' },
    remote: { fetchCollection: async () => ({ ok: true, value: { type: 'Collection', items: listed } }) },
    store: {
      accountsByIds: async (ids: readonly string[]) => {
        asked.push(ids.length);
        return ids.map((id) => (id === '1' ? far : { id, domain: null, deletedAt: null }));
      },
      followerPages: async () => [{ ids: [], isLast: true }],
      transaction: async (work: (tx: unknown) => Promise<unknown>) => work({ acceptFollowRequest: async () => null, appendEvent: async (_event: unknown, payload: unknown) => void undone.push(payload) }),
    },
  } as unknown as ReadPorts;
}

// Each made-up follower cost a delivery, a transaction and a question of its own: 25,000 of each from one list.
test('S028 a list of people who never followed has few of them taken back', async () => {
  const listed = Array.from({ length: 10_000 }, (_, at) => actorUris(BASE, String(at + 2) as AccountId).id);
  const [undone, asked]: [unknown[], number[]] = [[], []];
  const run = { budget: new ReadingBudget(FOLLOWERS_LIMITS, new AbortController().signal), tell: async () => undefined };
  const detail = { partUri: `${uri}/part`, digest: followersDigest(listed) };
  expect(await syncFollowers(portsOf(listed, undone, asked), '1' as AccountId, detail, run)).toBe(200);
  expect(undone).toHaveLength(200);
  expect(asked.length).toBeLessThan(10);
});
