import { exchanged, idOf, objectIn, type Json } from '../folder/json.js';
import type { Scene } from '../stage/scene.js';
import { statusSeen, type StatusSeen } from '../stage/seen.js';
import type { Direction } from './direction.js';

/** What is liked is a post of the reader. */
export const react: Direction = async (scene, activity, actor) => {
  await scene.paste(actor.id);
  const post = await scene.myPost();
  const uri = idOf(objectIn(activity));
  return { activity: uri === null ? activity : (exchanged(activity, new Map([[uri, post.uri]])) as Json), look: () => seenReactions(scene, post.id) };
};

/** Names of reactions, or that somebody likes it. */
export async function seenReactions(scene: Scene, statusId: string): Promise<string | null> {
  const status = await scene.me.api.get<StatusSeen>(`/api/v1/statuses/${statusId}`);
  const reactions = (status.reactions ?? []).map((reaction) => `${String(reaction['name'])}×${String(reaction['count'])}`);
  const by = await scene.me.api.get<unknown[]>(`/api/v1/statuses/${statusId}/favourited_by`);
  if (reactions.length === 0 && by.length === 0) return null;
  return ['my post:', statusSeen(status), ...reactions].join(' ');
}
