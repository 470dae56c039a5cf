import type { Visibility } from '@trunkline/domain';
import fc from 'fast-check';

/** Two people of this server, and one of another: few, so that what they do meets. */
const PEOPLE = 3;
export const REMOTE = 2;

type Written = 'post' | 'reply' | 'orphan' | 'edit';

/** Something that somebody does, to somebody or to one of the posts so far. */
export type Step = { readonly who: number; readonly whom: number; readonly which: number } & (
  | { readonly does: 'follow' | 'unfollow' | 'block' | 'unblock' | 'mute' | 'unmute' | 'boost' | 'delete' | 'read' | 'suspend' | 'silence' | 'lift' | 'choose' | 'limit' | 'free' | 'ban' | 'let back' | 'mute for a while' | 'mutes end' | 'forget' | 'boosts on' | 'boosts off' | 'parent' | 'wait' | 'list in' | 'list out' | 'list apart' | 'list together' | 'list answers' }
  | { readonly does: 'post' | 'reply' | 'orphan' | 'edit'; readonly visibility: Visibility; readonly names: boolean; readonly language: string | null }
);

const turn = { who: fc.nat(PEOPLE - 1), whom: fc.nat(PEOPLE - 1), which: fc.nat(30) };
export const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ ...turn, does: fc.constant('follow' as const) }) },
  {
    weight: 8,
    arbitrary: fc.record({
      ...turn,
      does: fc.constantFrom('post' as const, 'reply' as const, 'orphan' as const, 'edit' as const),
      visibility: fc.constantFrom<Visibility>('public', 'public', 'unlisted', 'private', 'direct'),
      names: fc.boolean(),
      language: fc.constantFrom('en', 'fr', null),
    }),
  },
  {
    weight: 12,
    arbitrary: fc.record({
      ...turn,
      does: fc.constantFrom<Exclude<Step['does'], Written>>(
        'unfollow', 'block', 'unblock', 'mute', 'unmute', 'mute for a while', 'mutes end', 'boost', 'boost', 'delete', 'read', 'read', 'suspend', 'silence', 'lift', 'limit', 'free', 'ban', 'let back', 'choose', 'forget',
        'boosts on', 'boosts off', 'parent', 'wait', 'wait', 'wait', 'list in', 'list in', 'list out', 'list apart', 'list together', 'list answers',
      ),
    }),
  },
);

/** Ways on which something comes to be shown, or no more, long after it was fanned out. */
const post = (who: number, whom: number, does: Written = 'post', how: Partial<Pick<Extract<Step, { visibility: Visibility }>, 'names' | 'language' | 'visibility'>> = {}): Step => ({
  does, who, whom, which: 0, visibility: 'public', names: false, language: 'en', ...how,
});
const act = (does: Exclude<Step['does'], Written>, who = 0, whom = 1): Step => ({ does, who, whom, which: 0 });
export const KNOWN: readonly (readonly Step[])[] = [
  [act('mute'), post(1, 0), act('wait'), act('unmute')],
  [act('block', 0, 2), post(1, 2, 'post', { names: true }), act('wait'), act('unblock', 0, 2)],
  [act('unfollow', 0, 2), post(2, 0), act('wait'), post(1, 2, 'reply'), act('wait'), act('boosts on', 0, 2)],
  [act('boosts off'), post(2, 1), act('boost', 1), act('wait'), act('boosts on')],
  [post(2, 0, 'orphan'), act('wait'), act('read'), act('parent')],
  [post(1, 0), act('boost', 2), act('wait'), act('mute', 0, 1), act('boost', 1), act('wait'), act('unmute', 0, 1)],
  [post(1, 0), act('wait'), act('forget'), act('delete'), post(1, 0)],
  // An edit brings another language, or makes a direct message one for somebody else; what somebody named was, stays.
  [act('choose', 0, 1), act('read'), post(1, 2, 'post', { language: 'fr' }), act('wait'), post(1, 2, 'edit')],
  [post(1, 2, 'post', { visibility: 'direct', names: true }), act('wait'), post(1, 0, 'edit', { names: true })],
  [act('mute', 0, 2), post(1, 2, 'post', { names: true }), act('wait'), post(1, 2, 'edit')],
  // The end of a silence, of a person and of a server.
  [act('unfollow', 0, 2), post(2, 0), act('limit', 0, 2), act('boost', 1), act('wait'), act('free', 0, 2)],
  [act('unfollow', 0, 2), post(2, 0), act('silence'), act('boost', 1), act('wait'), act('lift')],
  [act('mute for a while', 0, 1), post(1, 0, 'post', { names: true }), act('wait'), act('mutes end')],
  [act('boosts off'), act('read'), act('mute for a while', 0, 2), post(1, 2, 'post', { names: true }), act('wait'), act('mutes end')],
  [post(2, 0), act('mute for a while', 0, 2), act('boost', 1), act('wait'), act('mutes end')],
  // Looked for while they are suspended, and shown again once they are not.
  [post(2, 0), act('wait'), act('ban'), act('forget'), act('read'), act('let back')],
  [post(2, 0), act('boost', 1), act('wait'), act('ban'), post(1, 0, 'reply'), act('forget'), act('read'), act('wait'), act('let back'), post(2, 0)],
  // Somebody gets more followers than are pushed to, and what was pushed before stays.
  [act('unfollow', 1, 2), post(2, 0), act('wait'), act('boosts on', 1, 2), post(2, 0), act('wait'), act('read'), post(2, 0)],
  // What is read in an exclusive list, and comes home again: because of the list, the member or the follow.
  [act('list in', 0, 1), act('list apart'), act('wait'), post(1, 0), post(1, 2, 'reply'), act('wait'), act('read'), act('list together')],
  [act('list apart'), post(1, 0), act('list in', 0, 1), post(1, 0), act('wait'), act('list out', 0, 1)],
  [act('list apart'), act('list in', 0, 1), post(1, 0), act('unfollow', 0, 1), act('follow', 0, 1), post(1, 0), act('wait')],
  // Answers of members to somebody who is followed: shown, where the list shows these.
  [act('list in', 0, 1), act('list answers'), post(2, 0), act('wait'), post(1, 2, 'reply'), act('wait')],
  [act('list in', 0, 2), act('list apart'), post(1, 0), act('boost', 2), act('wait'), post(2, 1), act('wait')],
];
