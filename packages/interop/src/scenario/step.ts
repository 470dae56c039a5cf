import type { TestPerson, TestServer } from '@trunkline/testing';
import type { Acts, Looks, RunningPeer } from '../peers/peer.js';
import type { TlsDoor } from '../world/tls-door.js';

/** What both sides saw, in a few words. */
export interface Seen {
  readonly here: string;
  readonly there: string;
}

/** The pieces of one run: our people, theirs, and the door before their server. */
export interface Stage {
  readonly server: TestServer;
  /** Follows and is followed, posts and reads. */
  readonly alice: TestPerson;
  /** Asks to be asked. */
  readonly lock: TestPerson;
  /** Moderates. */
  readonly admin: TestPerson;
  readonly peer: RunningPeer;
  /** Their person as our API shows them. */
  readonly them: { readonly id: string };
  readonly door: TlsDoor;
  /** A second server of ours with somebody who reads there. */
  readonly second: { readonly server: TestServer; readonly reader: TestPerson };
}

/** One row of the table. */
export interface Step {
  readonly name: string;
  /** What the peer must be able to do or show; without it the step is not played. */
  readonly acts?: readonly (keyof Acts)[];
  readonly looks?: readonly (keyof Looks)[];
  /** @throws Error when a side did not see what it should have */
  play(stage: Stage): Promise<Seen>;
}

/** The same, with what `acts` and `looks` name being there. */
export interface StageWith<A extends keyof Acts, L extends keyof Looks> extends Stage {
  readonly do: Pick<Acts, A>;
  readonly look: Pick<Looks, L>;
}

export function step<A extends keyof Acts = never, L extends keyof Looks = never>(
  name: string,
  needs: { readonly acts?: readonly A[]; readonly looks?: readonly L[] },
  play: (stage: StageWith<A, L>) => Promise<Seen>,
): Step {
  return {
    name,
    ...needs,
    play: (stage) => play({ ...stage, do: stage.peer.acts as Pick<Acts, A>, look: stage.peer.looks as Pick<Looks, L> }),
  };
}
