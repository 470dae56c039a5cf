import type { IncomingActivity } from '@trunkline/activitypub';
import type { Account } from '@trunkline/domain';
import type { Snowflake } from '@trunkline/kernel';
import type { ReportStore, SocialPorts } from '@trunkline/social';
import type { Verdict } from './verdict.js';

export interface ApplyPorts extends SocialPorts {
  readonly keys: {
    put(key: { keyId: string; ownerUri: string; publicKeyPem: string }): Promise<void>;
    deleteByOwner(ownerUri: string): Promise<void>;
  };
  readonly reports: Pick<ReportStore, 'insert'>;
  /** Whether this server may file another report now. */
  readonly mayReport: (domain: string) => Promise<boolean>;
  /** Work that nobody waits for: parents, stale profiles. Bounded; a key that waits already is not taken twice. */
  readonly later: (key: string, work: () => Promise<unknown>) => void;
}

/** An activity whose actor has been proven, and who that is here. */
export interface Incoming {
  /** The row's id: the same whenever the activity is tried again. */
  readonly rowId: Snowflake;
  readonly activity: IncomingActivity;
  /** null: not known here yet. Deleted and local ones never get this far. */
  readonly actor: Account | null;
}

export type Handler = (ports: ApplyPorts, incoming: Incoming) => Promise<Verdict>;
