import type { Json } from '../folder/json.js';
import type { Scene, Signer } from '../stage/scene.js';

/** An activity with everything in place that it speaks of, and how to see afterwards that it took effect. */
export interface Prepared {
  /** As it is sent: whoever stood for its receiver is one of ours. */
  readonly activity: Json;
  /** What a client sees, in words; null: nothing of it. */
  readonly look: () => Promise<string | null>;
}

/**
 * Sets the stage for one kind of activity. A capture was meant for the server it was sent to, and we play that server:
 * what it asked for (to follow somebody there, to like a post there) is asked of us.
 */
export type Direction = (scene: Scene, activity: Json, actor: Signer) => Promise<Prepared>;
