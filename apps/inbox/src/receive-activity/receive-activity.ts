import { hash, type KeyObject } from 'node:crypto';
import { hostOf, parseActivity, readTypeOf, type IncomingActivity } from '@trunkline/activitypub';
import { domainVerdict } from '@trunkline/domain';
import { coversHeader, verifyRequestSignature } from '@trunkline/http-signatures';
import { isSnowflake, ok, type Clock, type Result } from '@trunkline/kernel';
import type { KeyBook, PolicyPort, SocialReads } from '@trunkline/social';
import { canAskOrigin } from '../apply-activity/forwarded.js';
import { carriesProof, mayBePassedOn, mayBePassedOnAtHome, provenByActor } from '../proven-by-actor.js';
import type { Admission } from './admission.js';
import type { KnownSenders } from './known-senders.js';
import { blocked, overloaded, refuse, throttled, unauthorized, type Refusal } from './refusals.js';
import { readSignature, verifySigner, type ReadSignature, type SignedPost } from './verify-signer.js';

export interface InboxPost extends SignedPost {
  /** The body as text, without a mark of byte order: what is stored. */
  readonly text: string;
  /** The parsed body. */
  readonly json: unknown;
  /** The address that it came from, as far as it is known. */
  readonly from: string;
  /** `shared`, `actor` (the instance's own), or what stood for an account id in the path. */
  readonly inbox: string;
}

/** A row of the ledger before it has an id. */
export interface VerifiedActivity {
  readonly activityId: string | null;
  readonly activityType: string;
  readonly actorUri: string;
  readonly signerHost: string;
  readonly body: string;
  /** Of the signature that it came with: the same request never counts twice. */
  readonly signatureHash: string;
}

/** What is behind a 202: stored, seen before, or nothing that this server does anything with. */
export type Receipt = 'accepted' | 'duplicate' | 'ignored_type' | 'ignored_unknown_actor' | 'ignored_gone_key' | 'ignored_forward';

export interface ReceivePorts {
  readonly admission: Pick<Admission, 'enter' | 'enterFor'>;
  readonly policy: PolicyPort;
  readonly clock: Clock;
  readonly keys: Pick<KeyBook, 'findFitting'>;
  readonly senders: Pick<KnownSenders, 'has' | 'note'>;
  readonly accounts: Pick<SocialReads, 'accountsByIds' | 'accountsByUris'>;
  /** The public key of our instance actor. */
  readonly instanceKey: () => Promise<{ readonly keyId: string; readonly key: KeyObject }>;
  /** Resolves after the COMMIT. @throws AppError 503 when there is none. */
  readonly store: (row: VerifiedActivity) => Promise<'accepted' | 'duplicate'>;
  /** Whether a relay that this server asked for signs there. */
  readonly isRelay: (host: string) => Promise<boolean>;
  /** Told what an actor's server says of its followers here (FEP-8fcf), once the delivery is stored. */
  readonly followersTold?: (actorUri: string, header: string) => void;
  /** Under which peers reach us: see `OwnAddresses`. */
  readonly hosts: readonly string[];
  readonly origins: readonly string[];
}

type Answer = Result<Receipt, Refusal>;

const LOCAL_ACTOR = 'local_actor';
const FOLLOWERS_HEADER = 'collection-synchronization';

/**
 * One POST to an inbox. An ok is a 202, and everything that has to happen is committed by then; a refusal leaves
 * nothing behind. Cheap questions come first: place, shape, rules, then the signature, whose key may have to be fetched.
 */
export async function receiveActivity(ports: ReceivePorts, post: InboxPost): Promise<Answer> {
  const leave = ports.admission.enter();
  if (leave === null) return overloaded();
  let leaveDomain: (() => void) | null = null;
  try {
    const read = readIncoming(ports, post.json);
    if (!read.ok) return await (read.error.code === LOCAL_ACTOR ? refuseOwn(ports, post, read) : read);
    const activity = read.value;
    const noInbox = isShared(post.inbox) ? null : await missingInbox(ports, post.inbox);
    if (noInbox !== null) return noInbox;
    // One such arrives from everywhere for each account that is deleted anywhere: a key fetch each would be a storm.
    if (tellsOfItsActor(activity) && (await isStranger(ports, activity))) return ok('ignored_unknown_actor');
    const signature = readSignature(ports, post);
    if (!signature.ok) return signature;
    if (isBlocked(ports, signature.value.keyHost)) return blocked();
    leaveDomain = ports.admission.enterFor(signature.value.keyHost);
    return leaveDomain === null ? throttled() : await acceptSigned(ports, post, activity, signature.value);
  } finally {
    leaveDomain?.();
    leave();
  }
}

async function acceptSigned(ports: ReceivePorts, post: InboxPost, activity: IncomingActivity, signature: ReadSignature): Promise<Answer> {
  const isProven = ports.senders.has(post.from, signature.keyHost);
  const signer = await verifySigner(ports.keys, signature, isProven);
  if (!signer.ok) {
    const goneKey = signer.error.code === 'key_gone' || signer.error.code === 'key_not_found';
    // The actor's key went with the actor; servers would repeat this for days.
    return goneKey && activity.type === 'Delete' ? ok('ignored_gone_key') : signer;
  }
  if (!isProven) ports.senders.note(post.from, signature.keyHost);
  if (signer.value.ownerUri !== activity.actorUri) {
    const forward = await judgeForward(ports, post, activity, signature);
    if (forward !== null) return forward;
  }
  const activityType = readTypeOf(activity);
  if (activityType === null) return ok('ignored_type');
  const { id: activityId, actorUri } = activity;
  const stored = await ports.store({ activityId, activityType, actorUri, signerHost: signature.keyHost, body: post.text, signatureHash: hash('sha256', signature.parsed.signature, 'base64url') });
  const followers = post.headers[FOLLOWERS_HEADER];
  const isSaidByActor = signer.value.ownerUri === actorUri && coversHeader(signature.parsed, FOLLOWERS_HEADER);
  if (typeof followers === 'string' && isSaidByActor) ports.followersTold?.(actorUri, followers);
  return ok(stored);
}

/** Shape, then the rules that need nothing but the text. */
function readIncoming(ports: ReceivePorts, json: unknown): Result<IncomingActivity, Refusal> {
  const read = parseActivity(json);
  if (!read.ok) return refuse(400, read.error.code, 'The body is not an activity');
  const activity = read.value;
  const rawId = activity.raw['id'];
  if (rawId !== undefined && rawId !== null && typeof rawId !== 'string') return refuse(400, 'bad_id', 'The id is not one URL');
  const actorHost = hostOf(activity.actorUri);
  if (actorHost === null) return refuse(400, 'missing_actor', 'The actor is not an http(s) URL');
  if (ports.hosts.includes(actorHost)) return unauthorized(LOCAL_ACTOR, 'Actors of this server do not knock at its door');
  if (isBlocked(ports, actorHost)) return blocked();
  if (activity.id !== null && hostOf(activity.id) !== actorHost) {
    return unauthorized('id_host_mismatch', 'The id and the actor lie on different hosts');
  }
  return ok(activity);
}

/**
 * Nothing of our own comes in by this door. Whoever holds the instance actor's key is told so only after everything about the signature was found
 * right: that is how an operator's `doctor` sees what the way here does to a request.
 */
async function refuseOwn(ports: ReceivePorts, post: InboxPost, refusal: Answer): Promise<Answer> {
  const signature = readSignature(ports, post);
  if (!signature.ok) return signature;
  const { keyId, key } = await ports.instanceKey();
  const { parsed } = signature.value;
  return parsed.keyId === keyId && verifyRequestSignature(parsed, key) ? refusal : unauthorized('bad_signature');
}

const isShared = (inbox: string): boolean => inbox === 'shared' || inbox === 'actor';

async function missingInbox(ports: ReceivePorts, inbox: string) {
  const [account] = isSnowflake(inbox) ? await ports.accounts.accountsByIds([inbox]) : [];
  if (account === undefined || account.domain !== null) return refuse(404, 'unknown_inbox', 'Record not found');
  return account.deletedAt === null ? null : refuse(410, 'gone_inbox', 'Gone');
}

/** Somebody tells of their own change or end. */
const tellsOfItsActor = ({ type, object, actorUri }: IncomingActivity): boolean => (type === 'Delete' || type === 'Update') && object.uri === actorUri;

const isStranger = async (ports: ReceivePorts, { actorUri }: IncomingActivity): Promise<boolean> => (await ports.accounts.accountsByUris([actorUri])).length === 0;

/**
 * Inbox forwarding: somebody passes on what they did not do; without a signature of its author it is a forgery. Of another
 * server's nothing is believed here: apply reads the proof, or asks the origin. Within one host the signature tells
 * nothing about who did it, so the proof has to hold at once. null: to be stored.
 */
async function judgeForward(ports: ReceivePorts, post: InboxPost, activity: IncomingActivity, { keyHost }: ReadSignature): Promise<Answer | null> {
  const forged = unauthorized('actor_mismatch', 'The activity is signed by somebody else than its actor');
  const isProvable = carriesProof(activity);
  if (hostOf(activity.actorUri) === keyHost) {
    const isProven = isProvable && mayBePassedOnAtHome(activity) && (await provenByActor({ clock: ports.clock, signerKeys: ports.keys }, post.text, activity.actorUri)) === 'proven';
    return isProven ? null : forged;
  }
  const isSigned = isProvable || ['signature', 'proof'].some((name) => typeof activity.raw[name] === 'object' && activity.raw[name] !== null);
  // A relay of ours forwards what it got as it got it.
  if (!isSigned && !(await ports.isRelay(keyHost))) return forged;
  return (isProvable && mayBePassedOn(activity)) || canAskOrigin(activity) || readTypeOf(activity) === null ? null : ok('ignored_forward');
}

const isBlocked = (ports: ReceivePorts, host: string): boolean => domainVerdict(ports.policy.current(), host).suspended;
