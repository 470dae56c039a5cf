import type { Snowflake } from '@trunkline/kernel';

/** `mastodon`: it is followed by `Public` at its inbox and forwards what it gets; `litepub`: by its actor, and it announces. */
export type RelayStyle = 'mastodon' | 'litepub';
export type RelayState = 'asked' | 'enabled' | 'refused' | 'ended';

/** Another server that passes public posts on between its subscribers. */
export interface Relay {
  readonly id: Snowflake;
  readonly inbox: string;
  readonly style: RelayStyle;
  /** Given for litepub; else whoever accepted. */
  readonly actorUri: string | null;
  readonly state: RelayState;
  /** Of our Follow. */
  readonly followId: Snowflake;
  readonly createdAt: Date;
}

export interface RelayReads {
  byId(id: Snowflake): Promise<Relay | null>;
  byFollowId(followId: Snowflake): Promise<Relay | null>;
  /** The relay that acts under this id. */
  byActor(actorUri: string): Promise<Relay | null>;
  enabled(): Promise<Relay[]>;
  /** In the order in which they were added. */
  list(): Promise<Relay[]>;
}

export interface RelayWrites {
  settle(id: Snowflake, change: { readonly state: RelayState; readonly actorUri?: string }): Promise<void>;
}
