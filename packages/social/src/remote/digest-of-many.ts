import { FollowersDigest } from '@trunkline/activitypub';

/** Some take a millisecond; 25,000, which is what a stranger's list may hold, a hundred. */
const AT_ONCE = 200;

/** `followersDigest` of any number of ids: others have their turn in between. */
export async function digestOfMany(actorUris: Iterable<string>): Promise<string> {
  const digest = new FollowersDigest();
  let left = AT_ONCE;
  for (const uri of new Set(actorUris)) {
    digest.add(uri);
    left -= 1;
    if (left > 0) continue;
    await new Promise((resolve) => setImmediate(resolve));
    left = AT_ONCE;
  }
  return digest.hex;
}
