import type { ActivityFacts, IncomingActivity } from '@trunkline/activitypub';
import type { Account } from '@trunkline/domain';
import type { Snowflake } from '@trunkline/kernel';
import type { KeyBook, RelayReads, RelayWrites, ReportStore, SocialPorts, RelayBook } from '@trunkline/social';
import type { PeopleReadings } from './people-readings.js';
import type { Verdict } from './verdict.js';

export interface ApplyPorts extends SocialPorts {
  readonly keys: {
    deleteByOwner(ownerUri: string): Promise<void>;
    /** Instead of all that these owners had. */
    replaceOwned(ownerUris: readonly string[], keys: readonly { keyId: string; ownerUri: string; publicKeyPem: string; endsAt: Date | null }[]): Promise<void>;
  };
  /** By which proofs of forwarded activities are checked. */
  readonly signerKeys: Pick<KeyBook, 'findFitting'>;
  readonly reports: Pick<ReportStore, 'insert'>;
  readonly relays: RelayReads & RelayWrites;
  /** Those in use, as asked about for each Announce. */
  readonly relayBook: Pick<RelayBook, 'actors' | 'isHost'>;
  /** What is shown to people here and not to this server. */
  readonly people: Pick<PeopleReadings, 'fetch'>;
  /** Whether this server may file another report now. */
  readonly mayReport: (domain: string) => Promise<boolean>;
  /** Whether one more of what this actor says may be passed on to the followers of people here: each costs a delivery a server. */
  readonly mayForward: (actorUri: string) => Promise<boolean>;
  /**
   * Work that nobody waits for: parents, stale profiles. Bounded; a key that waits already is not taken twice. The key is a word and the
   * address of what brought it about, whose domain has its share of the places.
   */
  readonly later: (key: `${string} ${string}`, work: () => Promise<unknown>) => void;
}

export type FactsKind = ActivityFacts['kind'];

type Matching<F extends ActivityFacts, K extends FactsKind> = F extends { readonly kind: infer T } ? (K extends T ? F : never) : never;

/** What an activity of this kind says. */
export type FactsOf<K extends FactsKind> = Matching<ActivityFacts, K>;

/** An activity whose actor has been proven, and who that is here. */
export interface Incoming<K extends FactsKind = FactsKind> {
  /** The row's id: the same whenever the activity is tried again. */
  readonly rowId: Snowflake;
  readonly activity: IncomingActivity;
  readonly facts: FactsOf<K>;
  /** Its actor's own server sent it: nobody passed it on. */
  readonly isFirstHand: boolean;
  /** null: not known here yet. Local ones never get this far, deleted ones only with an Undo. */
  readonly actor: Account | null;
}

export type Handler<K extends FactsKind> = (ports: ApplyPorts, incoming: Incoming<K>) => Promise<Verdict>;
