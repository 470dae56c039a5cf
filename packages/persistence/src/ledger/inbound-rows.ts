import type { Snowflake } from '@trunkline/kernel';

/** A verified activity as a receiver hands it over. */
export interface NewInbound {
  readonly id: Snowflake;
  readonly activityId: string | null;
  readonly activityType: string;
  readonly actorUri: string;
  /** Host of the key that signed. */
  readonly signerHost: string;
  /** The raw JSON text. */
  readonly body: string;
  readonly trace: string | null;
  /** Of the request's signature, in base64url: what is no repeat by its id is none but by this. */
  readonly signatureHash: string;
}

export interface InboundRow extends Omit<NewInbound, 'signatureHash'> {
  /** Tries that failed so far. */
  readonly attempts: number;
  /** How often it was begun late and not brought to an end. */
  readonly begun: number;
  /** It has been due for so long that it was rung for again. */
  readonly isLate: boolean;
  readonly receivedAt: Date;
}

/** What became of a row; `reason` when it is ignored. */
export interface SettledInbound {
  readonly id: Snowflake;
  readonly reason: string | null;
}

export interface DeadInbound {
  readonly id: Snowflake;
  readonly activityId: string | null;
  readonly activityType: string;
  readonly actorUri: string;
  readonly reason: string | null;
  readonly attempts: number;
  readonly receivedAt: Date;
}

/** What is due and not applied, at most as much as was asked about. */
export interface InboundBacklog {
  readonly rows: number;
  /** For how long the most overdue row has been due. */
  readonly overdueSeconds: number;
  /** Of the hosts that have most of it. */
  readonly rowsByHost: ReadonlyMap<string, number>;
}
