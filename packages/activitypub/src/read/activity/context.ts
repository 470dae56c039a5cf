import { fail, type Result } from '@trunkline/kernel';
import { sameHost } from '../../hosts.js';
import { typesOf } from '../document.js';
import type { IncomingActivity, ObjectRef } from '../types.js';
import type { ActivityFacts, IgnoredActivity, IgnoreRule } from './types.js';

export type FactsResult = Result<ActivityFacts, IgnoredActivity>;

/** What an activity lies in. */
export interface Nesting {
  readonly depth: number;
  /** The group that passes it on, whose moderators may speak of what others wrote. */
  readonly groupUri: string | null;
}

export type ReadInner = (activity: IncomingActivity, nesting: Nesting) => FactsResult;

/** Reads one kind of activity; `inner` reads those that it carries. */
export type FactsReader = (activity: IncomingActivity, nesting: Nesting, inner: ReadInner) => FactsResult;

export const ignore = (code: IgnoreRule): { readonly ok: false; readonly error: IgnoredActivity } => fail({ code });

/** The types of an object that came whole. */
export const typesOfRef = (ref: ObjectRef): readonly string[] => (ref.json === null ? [] : typesOf(ref.json));

/** Whether the actor, or the group that passes it on, may speak of what lies there. */
export const maySpeakOf = (uri: string, { actorUri }: IncomingActivity, { groupUri }: Nesting): boolean =>
  sameHost(uri, actorUri) || (groupUri !== null && sameHost(uri, groupUri));
