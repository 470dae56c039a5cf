import { brokenInvariants } from '@trunkline/testing';
import { idOf, isHttp, textsIn } from './folder/json.js';
import type { Entry, Turn } from './folder/entry.js';
import { INVARIANTS } from './checks/invariants.js';
import { Rewind } from './checks/tables.js';
import { snapshotOf, traces, type Snapshot } from './checks/trace.js';
import { isBad, type Outcome } from './plays/outcome.js';
import { notUnderstood, type Judged, type Play } from './plays/play.js';
import { playerFor } from './plays/player-for.js';
import { roundsOf } from './rounds.js';
import { Scene } from './stage/scene.js';
import type { Stage } from './stage/stage.js';

/** Calls `onRound` with how many files are done. */
export async function runCorpus(stage: Stage, entries: readonly Entry[], onRound: (done: number) => void = () => undefined): Promise<Outcome[]> {
  const crashes: string[] = [];
  const onCrash = (error: unknown): void => void crashes.push(`the process would have ended: ${String(error)}`);
  process.on('uncaughtException', onCrash);
  process.on('unhandledRejection', onCrash);
  const byPath = new Map<string, Outcome>();
  try {
    const rewind = await Rewind.here(stage.server.backbone.db);
    for (const turns of roundsOf(entries)) {
      const play = async (now: readonly Turn[]): Promise<Outcome[]> => {
        const outcomes = await playRound(stage, now, crashes);
        await rewind.rewind();
        return outcomes;
      };
      for (const outcome of await attributed(await play(turns), turns, play)) byPath.set(outcome.entry.path, joined(byPath.get(outcome.entry.path), outcome));
      onRound(byPath.size);
    }
  } finally {
    process.off('uncaughtException', onCrash);
    process.off('unhandledRejection', onCrash);
  }
  return entries.flatMap(({ path }) => byPath.get(path) ?? []);
}

/**
 * Whose fault it was. Of files that were played together, those in which something is wrong are played once more, each
 * alone: that is what counts, unless what may not happen happens only when they come together.
 */
async function attributed(outcomes: readonly Outcome[], turns: readonly Turn[], play: (turns: readonly Turn[]) => Promise<Outcome[]>): Promise<readonly Outcome[]> {
  if (turns.length === 1 || !outcomes.some(isBad)) return outcomes;
  const alone: Outcome[] = [];
  for (const [index, outcome] of outcomes.entries()) {
    const turn = turns[index];
    alone.push(...(turn === undefined || !isBad(outcome) ? [outcome] : await play([turn])));
  }
  const wereFaults = outcomes.some(({ faults }) => faults.length > 0);
  const isExplained = alone.some(({ faults }) => faults.length > 0);
  return wereFaults && !isExplained ? alone.map((outcome, index) => ({ ...outcome, faults: outcomes[index]?.faults ?? [] })) : alone;
}

/** An attack is played twice: what either way showed counts. */
function joined(first: Outcome | undefined, second: Outcome): Outcome {
  if (first === undefined) return second;
  const faults = [...first.faults, ...second.faults];
  return first.verdict === 'not understood' ? { ...first, faults } : { ...second, faults };
}

async function playRound(stage: Stage, turns: readonly Turn[], crashes: string[]): Promise<Outcome[]> {
  const scenes = turns.map((turn, index) => {
    const me = stage.readers[index % stage.readers.length];
    if (me === undefined) throw new Error('nobody is there to read');
    return new Scene(stage, turn, me);
  });
  stage.world.delivered.length = 0;
  const plays = await Promise.all(scenes.map(prepare));
  await stage.settled();
  const before = await snapshotFor(stage, turns);
  const trouble = await Promise.all(plays.map((play) => play.act().then(() => null, (error: unknown) => (error instanceof Error ? error.message : String(error)))));
  const left = await stage.settled();
  const judged = await Promise.all(plays.map((play) => play.judge().catch((error: unknown) => unplayed(error instanceof Error ? error.message : String(error)))));
  // All what a reader's client asks for still answers.
  const faults = [...(await faultsOf(stage, scenes)), ...crashes.splice(0), ...left.map((what) => `still to do after a while: ${what}`)];
  for (const scene of scenes) scene.close();
  const attackFaults = before === null ? [] : await tracesOf(stage, turns, before);
  return turns.map(({ entry }, index) => {
    const own = judged[index] ?? unplayed('it was not played');
    const stuck = trouble[index] ?? null;
    const verdict = entry.isAttack ? ofAttack(stuck === null || own.verdict !== 'not understood' ? own : { ...unplayed(`it could not be sent: ${stuck}`) }) : own;
    return { entry, ...verdict, faults: [...faults.map((fault) => (turns.length > 1 ? `one of ${turns.length}: ${fault}` : fault)), ...attackFaults] };
  });
}

/** What an attacker says in their own name is no attack; of the rest it counts alone whether anything came of it, which the traces tell. */
function ofAttack(judged: Judged): Judged {
  if (judged.verdict === 'understood') return { ...judged, verdict: 'ignored', rule: 'own_word' };
  return judged.verdict === 'ignored' || judged.isUnplayed === true ? judged : { verdict: 'ignored', rule: 'no_trace', seen: judged.seen };
}

const unplayed = (why: string): Judged => ({ ...notUnderstood(why), isUnplayed: true });

async function prepare(scene: Scene): Promise<Play> {
  try {
    return await playerFor(scene.entry, scene.json)(scene);
  } catch (error) {
    return { act: async () => undefined, judge: async () => unplayed(`the stage could not be set: ${String(error)}`) };
  }
}

const snapshotFor = async (stage: Stage, turns: readonly Turn[]): Promise<Snapshot | null> => (turns.some(({ entry }) => entry.isAttack) ? snapshotOf(stage.server) : null);

async function tracesOf(stage: Stage, turns: readonly Turn[], before: Snapshot): Promise<string[]> {
  const after = await snapshotOf(stage.server);
  return turns.flatMap(({ json, isFollowed }) => traces(before, after, { hosts: attackersHosts(json), speaker: speakerOf(json), isFollowed }).map((trace) => `left a trace: ${trace}`));
}

/** Who acts or, of a document, its id. */
function speakerOf(json: unknown): string | null {
  const document = (json ?? {}) as Record<string, unknown>;
  const actor = idOf(document['actor']) ?? textsIn(document['actor'])[0];
  const speaker = isHttp(actor) ? actor : document['id'];
  return isHttp(speaker) ? speaker : null;
}

/** Where the attacker is at home. */
function attackersHosts(json: unknown): Set<string> {
  const speaker = speakerOf(json);
  return new Set(speaker === null ? [] : [new URL(speaker).host]);
}

const PAGES = ['/api/v1/timelines/home', '/api/v1/notifications', '/api/v1/timelines/public'];

async function faultsOf(stage: Stage, scenes: readonly Scene[]): Promise<string[]> {
  const faults = [...(await brokenInvariants(stage.server.backbone.db, INVARIANTS)), ...(await stage.newFailures())];
  for (const { me } of scenes.slice(0, 3)) {
    for (const path of PAGES) {
      const { status } = await me.api.ask('GET', path);
      if (status !== 200) faults.push(`${path} answers ${status}`);
    }
  }
  return faults;
}
