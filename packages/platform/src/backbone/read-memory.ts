import type { AccessTokens, Users } from '@trunkline/persistence';
import { Changes, FragmentReader, HomePages, type ChangeLog, type HomeFeeds, type PulledAuthors, type SocialReads, type SocialSettings } from '@trunkline/social';
import { KnownClients } from '../client-api/known-clients.js';
import type { Backbone } from './backbone.js';
import type { PolicyWatch } from './policy-watch.js';

/** What this process keeps in memory of what it read, and what it knows of changes. */
export function readMemory(parts: {
  readonly log: ChangeLog;
  readonly store: SocialReads;
  readonly users: Users;
  readonly tokens: AccessTokens;
  readonly policy: PolicyWatch;
  readonly settings: SocialSettings;
  readonly feeds: HomeFeeds;
  readonly pulled: PulledAuthors;
}): Pick<Backbone, 'changes' | 'fragments' | 'homePages' | 'clients'> {
  const changes = new Changes(parts.log);
  // What moderation says stands in fragments.
  parts.policy.onChange(() => changes.forget());
  const nowMs = (): number => performance.now();
  const fragments = new FragmentReader({ ...parts, changes }, nowMs);
  return { changes, fragments, homePages: new HomePages({ ...parts, changes, fragments }, nowMs), clients: new KnownClients({ ...parts, changes }, nowMs) };
}
