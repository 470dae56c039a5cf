import { z } from 'zod';
import { SnowflakeSchema } from './define-event.js';

/**
 * Live traffic over core NATS: at most once, may be lost. Clients re-read after a reconnect; rule snapshots
 * and delivery workers also poll. Subjects stand below the installation's prefix.
 */
export const LIVE = {
  /** Moderation rules changed: every process reloads its snapshot. No payload. */
  rules: 'live.rules',
  /** Deliveries were planned: delivery workers look for due work. No payload. */
  deliveries: 'live.deliveries',
  /** Something has to be read in the name of a person: whoever holds the keys looks for it. No payload. */
  personalReadings: 'live.personal-readings',
  /** Tokens or accounts were revoked: streams of that account close. */
  kill: 'live.kill',
  /** Something for one account's streams. */
  user: (accountId: string): string => `live.user.${accountId}`,
  /** Something for the home streams of many accounts at once. */
  homes: 'live.homes',
  /** Something for the home streams of everybody who follows one author. */
  followers: 'live.followers',
  /** Statuses that public timelines show, local and remote. */
  public: 'live.public',
} as const;

/** What happened on somebody's stream; the streaming app loads and renders it for each viewer. */
export const LiveUserMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('update'), statusId: SnowflakeSchema }),
  /** `narrowed`: who may not see it any more is told that it is gone. */
  z.object({ type: z.literal('status.update'), statusId: SnowflakeSchema, narrowed: z.boolean().optional() }),
  z.object({ type: z.literal('delete'), statusId: SnowflakeSchema }),
  z.object({ type: z.literal('notification'), notificationId: SnowflakeSchema }),
]);
export type LiveUserMessage = z.infer<typeof LiveUserMessage>;

/** One message for many: their ids with commas between. Streaming apps pick those who listen there. */
export const LiveHomesMessage = z.object({ accountIds: z.string().regex(/^\d{1,19}(,\d{1,19})*$/), message: LiveUserMessage });
export type LiveHomesMessage = z.infer<typeof LiveHomesMessage>;

/** One message for all who follow an author, but those who were told by name. Streaming apps ask who of their listeners does. */
export const LiveFollowersMessage = z.object({ authorId: SnowflakeSchema, except: z.array(SnowflakeSchema).max(1_000), message: LiveUserMessage });
export type LiveFollowersMessage = z.infer<typeof LiveFollowersMessage>;

/** A public status appeared, changed or went. Tags are normalised names. */
export const LivePublicMessage = z.object({
  type: z.enum(['update', 'status.update', 'delete']),
  /** With `status.update`: it was public, and is for fewer people now. */
  narrowed: z.boolean().optional(),
  statusId: SnowflakeSchema,
  authorId: SnowflakeSchema,
  local: z.boolean(),
  hasMedia: z.boolean(),
  /** Only `public` ones stand in public timelines; `unlisted` never reach this subject. */
  tags: z.array(z.string().max(200)).max(100),
});
export type LivePublicMessage = z.infer<typeof LivePublicMessage>;

export const LiveKillMessage = z.object({ accountId: SnowflakeSchema });
export type LiveKillMessage = z.infer<typeof LiveKillMessage>;
