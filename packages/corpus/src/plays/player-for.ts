import { kindOf } from '../folder/kind-of.js';
import type { Entry } from '../folder/entry.js';
import { typesIn } from '../folder/json.js';
import { isDeep } from '../stage/stage.js';
import { playActivity, playRaw } from './play-activity.js';
import { byRule, playActor, playFetched, playObject, playTombstone } from './play-document.js';
import { playHostMeta, playWebfinger } from './play-discovery.js';
import { notUnderstood, type Judged, type Player } from './play.js';

const only = (judged: Judged): Player => async () => ({ act: async () => undefined, judge: async () => judged });

/** The way in of a document. */
export function playerFor(entry: Entry, json: unknown): Player {
  if (entry.text === null) return only({ isUnplayed: true, ...notUnderstood(entry.trouble ?? 'the file cannot be read') });
  if (/vector/i.test(entry.type) || entry.server === 'signatures') return only(byRule('test_vectors'));
  if (/^\s*<(?:\?xml|XRD)/i.test(entry.text)) return playHostMeta;
  if (json === null) return playRaw(isDeep(entry.text) ? 'too_deep' : 'bad_json');
  switch (kindOf(json)) {
    case 'activity':
      return playActivity;
    case 'actor':
      return playActor;
    case 'webfinger':
      return playWebfinger;
    case 'nodeinfo':
    case 'host-meta':
      return playFetched('application/json; charset=utf-8');
    case 'collection':
    case 'context':
      return playFetched();
    case 'unreadable':
      return playRaw('no_object');
    case 'object':
      return typesIn(json).includes('Tombstone') ? playTombstone : playObject;
  }
}
