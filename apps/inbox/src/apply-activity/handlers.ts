import type { FactsKind, Handler } from './ports.js';
import { applyAccept } from './accept.js';
import { applyAnnounce } from './announce.js';
import { applyBlock } from './block.js';
import { applyCreate } from './create.js';
import { applyDelete } from './delete.js';
import { applyFlag } from './flag.js';
import { applyFollow } from './follow.js';
import { applyInteractionRequest } from './interaction-request.js';
import { applyLike } from './like.js';
import { applyMembership } from './membership.js';
import { applyMove } from './move.js';
import { applyReaction } from './react.js';
import { applyQuoteRequest } from './quote-request.js';
import { applyReject } from './reject.js';
import { applyUndo } from './undo.js';
import { applyUpdate } from './update.js';
import { applyVote } from './vote.js';

/**
 * Who handles what an activity says (`ActivityFacts` of @trunkline/activitypub): one file a kind. A kind that is not here
 * is let go; types that are not read (`known-types.ts` of the same package) the door lets go already.
 */
export const HANDLERS: { readonly [K in FactsKind]?: Handler<K> } = {
  accept: applyAccept,
  add: applyMembership,
  block: applyBlock,
  boost: applyAnnounce,
  create: applyCreate,
  delete: applyDelete,
  follow: applyFollow,
  'interaction-request': applyInteractionRequest,
  like: applyLike,
  move: applyMove,
  'quote-request': applyQuoteRequest,
  reaction: applyReaction,
  reject: applyReject,
  remove: applyMembership,
  report: applyFlag,
  undo: applyUndo,
  update: applyUpdate,
  vote: applyVote,
};
