import { readDocument } from '@trunkline/activitypub';
import { resolveAccount } from '@trunkline/social';
import type { SentAnswer } from '@trunkline/testing';
import { directionFor } from '../directions/index.js';
import { idOf, isHttp, type Json } from '../folder/json.js';
import type { Scene, Signer } from '../stage/scene.js';
import { keyIdOf } from '../world/actors.js';
import { isOfItself, isOfThePlace, isRule, ruleOf } from './rules.js';
import { byRule } from './play-document.js';
import { notUnderstood, understood, type Judged, type Player } from './play.js';

/** Through the inbox, signed by its actor, after everything is there that it speaks of. */
export const playActivity: Player = async (scene) => {
  const json = scene.json as Json;
  const actorUri = idOf(json['actor']) ?? idOf(json['attributedTo']);
  const actor = scene.person(actorUri ?? 'https://nobody.example/users/nobody');
  // What goes wrong while the stage is set is no fault of the file: it is sent as it is.
  const trouble: string[] = [];
  const plain = { activity: json, look: async () => null };
  const prepared = await directionFor(json)(scene, json, actor).catch((error: unknown) => (trouble.push(String(error)), plain));
  const answers: SentAnswer[] = [];
  return {
    act: async () => {
      for (const send of signers(scene, prepared.activity, actor)) answers.push(await send());
    },
    judge: () => judgeActivity(scene, prepared, { answers, trouble }),
  };
};

/** The actor signs; where the id lies elsewhere, somebody there tries as well. */
function signers(scene: Scene, activity: Json, actor: Signer): (() => Promise<SentAnswer>)[] {
  const { id } = activity;
  const own = (): Promise<SentAnswer> => scene.send(activity, actor);
  if (!scene.entry.isAttack || !isHttp(id) || new URL(id).host === new URL(actor.id).host) return [own];
  const other = scene.person(`${new URL(id).origin}/corpus/attacker`);
  return [own, () => scene.send(activity, other)];
}

interface Went {
  readonly answers: readonly SentAnswer[];
  readonly trouble: readonly string[];
}

async function judgeActivity(scene: Scene, { activity, look }: { activity: Json; look: () => Promise<string | null> }, { answers, trouble }: Went): Promise<Judged> {
  const answer = answers[0] ?? { status: 0, body: '' };
  const ill = answers.find(({ status }) => status >= 500);
  if (ill !== undefined) return notUnderstood(`answered ${ill.status}: ${ill.body.slice(0, 200)}`);
  if (answer.status === 413) return byRule('too_large');
  const ofActor = answer.status === 401 ? await faultOfActor(scene, activity) : null;
  if (ofActor !== null) return byRule(ofActor);
  const before = trouble.length === 0 ? '' : ` (${trouble.join('; ')})`;
  const end = await scene.endOf(activity);
  if (end === 'applied') {
    const seen = await look().catch((error: unknown) => ({ trouble: error instanceof Error ? error.message : String(error) }));
    if (seen === null) return notUnderstood(`applied, and nothing is to be seen of it${before}`);
    return typeof seen === 'string' ? understood(seen) : notUnderstood(`applied, and ${seen.trouble}${before}`);
  }
  const read = readDocument(activity);
  const byReader = read.ok ? null : read.error.code;
  const reason = end?.startsWith('ignored: ') === true ? (ruleOfObject(scene, activity, end) ?? ruleOf(end)) : null;
  // Both name the same thing; the server's own word comes first.
  for (const rule of [reason, byReader]) if (rule !== null && isRule(rule) && (rule === byReader || trouble.length === 0 || !isOfThePlace(rule))) return { verdict: 'ignored', rule, seen: '' };
  return notUnderstood(`${end ?? `answered ${answer.status} ${answer.body.slice(0, 200)}, and let go at the door`}${byReader === null ? '' : `, ${byReader}`}${before}`);
}

/** What is boosted by its address alone, and cannot be read as a post: by which rule that is. */
function ruleOfObject(scene: Scene, activity: Json, end: string): string | null {
  const uri = idOf(activity['object']);
  const boosted = uri === null || end !== 'ignored: object_invalid' ? undefined : scene.stage.world.document(uri);
  if (boosted === undefined) return null;
  const read = readDocument(boosted);
  return read.ok ? (read.value.kind === 'post' ? null : 'no_post') : read.error.code;
}

/** Who may not be asked for, or whose profile is refused, is not believed: why that is, when it lies in the document alone. */
async function faultOfActor(scene: Scene, activity: Json): Promise<string | null> {
  const uri = idOf(activity['actor']);
  const profile = uri === null ? undefined : scene.stage.world.document(uri);
  if (uri === null || profile === undefined) return null;
  const read = readDocument(profile);
  if (!read.ok && isRule(read.error.code)) return read.error.code;
  if (!/^[\x21-\x7E]*$/.test(keyIdOf({ ...profile, id: uri }) ?? '')) return 'key_address';
  const resolved = await resolveAccount(scene.stage.server.backbone, uri);
  return resolved.ok ? null : ([resolved.error.detail, resolved.error.code].find((code) => code !== undefined && isOfItself(code)) ?? null);
}

/** What is no document at all knocks at the inbox as it is, and is refused there. */
export const playRaw =
  (rule: string): Player =>
  async (scene) => {
    const somebody = scene.person(`https://corpus.example/${scene.entry.path.length}`);
    let answer: SentAnswer | null = null;
    return {
      act: async () => void (answer = await scene.sendText(scene.entry.text ?? '', somebody)),
      judge: async () => (answer?.status === 400 ? byRule(rule) : answer?.status === 413 ? byRule('too_large') : notUnderstood(`answered ${answer?.status}`)),
    };
  };
