import { setTimeout as sleep } from 'node:timers/promises';
import { fail, ok, type Result } from '@trunkline/kernel';
import type { PersonalReadingAsked, PersonalReadingStore } from '@trunkline/persistence';
import { isPassing } from '../passing-failures.js';

export interface PeopleReadingsPorts {
  readonly readings: Pick<PersonalReadingStore, 'ask' | 'take'>;
  /** Tells whoever holds the keys that there is something to read; it may be lost. */
  readonly ring: () => void;
}

export interface PeopleReadingsSettings {
  /** How long one is waited for. What comes later stands there when its activity is tried again. */
  readonly patienceMs: number;
  /** Before the second look; before each further one half as long again, a second at most. */
  readonly firstLookMs: number;
}

const DEFAULTS: PeopleReadingsSettings = { patienceMs: 8_000, firstLookMs: 50 };
const LOOK_MS_MAX = 1_000;

type Fetched = Result<{ uri: string; json: unknown }, { code: string }>;

/** Documents that somebody else reads in the names of people here, whose keys nobody here may see. */
export class PeopleReadings {
  private readonly settings: PeopleReadingsSettings;

  constructor(
    private readonly ports: PeopleReadingsPorts,
    settings: Partial<PeopleReadingsSettings> = {},
  ) {
    this.settings = { ...DEFAULTS, ...settings };
  }

  /** A document as it was after `since`. Failures: `not_found` when they are refused as well, else a passing one. */
  async fetch(asked: PersonalReadingAsked, since: Date): Promise<Fetched> {
    const { readings, ring } = this.ports;
    const endMs = performance.now() + this.settings.patienceMs;
    let refusals = 0;
    for (let pauseMs = this.settings.firstLookMs; performance.now() < endMs; pauseMs = Math.min(pauseMs * 1.5, LOOK_MS_MAX)) {
      const found = await readings.take(asked.uri, since);
      if (found.state === 'read') return read(found.document);
      if (found.state === 'refused') return fail({ code: 'not_found' });
      if (found.state === 'away') return fail({ code: isPassing(found.reason) ? found.reason : 'network' });
      if (found.state === 'none') {
        if (await readings.ask(asked, since)) ring();
        // Once may be a copy that asked for the same a moment earlier.
        else if (++refusals > 1) return fail({ code: 'busy' });
      }
      await sleep(pauseMs);
    }
    return fail({ code: 'timeout' });
  }
}

/** Proven and measured where it was read. */
function read(document: string): Fetched {
  const json: unknown = JSON.parse(document);
  const uri = typeof json === 'object' && json !== null && 'id' in json ? json.id : null;
  return typeof uri === 'string' ? ok({ uri, json }) : fail({ code: 'bad_json' });
}
