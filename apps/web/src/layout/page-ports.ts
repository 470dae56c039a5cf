import type { Settings } from '@trunkline/platform';
import type { AccountPresenting, SocialSettings, SocialStore } from '@trunkline/social';

/** What pages read. They show what strangers may see: nobody is signed in here. */
export interface PagePorts extends AccountPresenting {
  readonly store: SocialStore;
  readonly settings: Settings & SocialSettings;
  /** Pages know no people, only accounts: this service's database role cannot read them either. */
  readonly users: null;
}
