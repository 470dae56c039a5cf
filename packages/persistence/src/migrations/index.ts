import { Social1700000000001 } from './0001-social.js';
import { Ledger1700000000002 } from './0002-ledger.js';
import { People1700000000003 } from './0003-people.js';
import { Partitions1700000000004 } from './0004-partitions.js';
import { DeliveryOrder1700000000005 } from './0005-delivery-order.js';
import { NoJit1700000000006 } from './0006-no-jit.js';
import { SameHost1700000000007 } from './0007-same-host.js';
import { Facts1700000000008 } from './0008-facts.js';
import { EventLanes1700000000009 } from './0009-event-lanes.js';
import { Followers1700000000010 } from './0010-followers.js';
import { PulledAuthors1700000000011 } from './0011-pulled-authors.js';
import { Signatures1700000000012 } from './0012-signatures.js';
import { Polls1700000000013 } from './0013-polls.js';
import { Activities1700000000014 } from './0014-activities.js';
import { Quotes1700000000015 } from './0015-quotes.js';
import { Threads1700000000016 } from './0016-threads.js';
import { RemoteEmojis1700000000019 } from './0019-remote-emojis.js';
import { ProofKeys1700000000020 } from './0020-proof-keys.js';
import { Interactions1700000000021 } from './0021-interactions.js';
import { Reading1700000000022 } from './0022-reading.js';
import { Suspects1700000000024 } from './0024-suspects.js';
import { Lists1700000000025 } from './0025-lists.js';
import { Consents1700000000026 } from './0026-consents.js';
import { PersonalReadings1700000000028 } from './0028-personal-readings.js';
import { ListWaiting1700000000029 } from './0029-list-waiting.js';

/** In the order in which they run. Expand first: a destructive one waits until no older copy runs. */
export const MIGRATIONS = [
  Social1700000000001,
  Ledger1700000000002,
  People1700000000003,
  Partitions1700000000004,
  DeliveryOrder1700000000005,
  NoJit1700000000006,
  SameHost1700000000007,
  Facts1700000000008,
  EventLanes1700000000009,
  Followers1700000000010,
  PulledAuthors1700000000011,
  Signatures1700000000012,
  Polls1700000000013,
  Activities1700000000014,
  Quotes1700000000015,
  Threads1700000000016,
  RemoteEmojis1700000000019,
  ProofKeys1700000000020,
  Interactions1700000000021,
  Reading1700000000022,
  Suspects1700000000024,
  Lists1700000000025,
  Consents1700000000026,
  PersonalReadings1700000000028,
  ListWaiting1700000000029,
] as const;
