import { brokenInvariants } from '@trunkline/testing';
import { isHttp, textsIn } from './folder/json.js';
import type { Entry, Turn } from './folder/entry.js';
import { INVARIANTS } from './checks/invariants.js';
import { Rewind } from './checks/tables.js';
import { snapshotOf, traces, type Snapshot } from './checks/trace.js';
import { notUnderstood, type Judged, type Play } from './plays/play.js';
import { playerFor } from './plays/player-for.js';
import { roundsOf } from './rounds.js';
import { Scene } from './stage/scene.js';
import type { Stage } from './stage/stage.js';

/** What became of one file. */
export interface Outcome extends Judged {
  readonly entry: Entry;
  /** What may never happen, whatever came: traces of an attack, half-written rows, a server that answers 5xx. */
  readonly faults: readonly string[];
}

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
      for (const outcome of await playRound(stage, turns, crashes)) byPath.set(outcome.entry.path, joined(byPath.get(outcome.entry.path), outcome));
      await rewind.rewind();
      onRound(byPath.size);
    }
  } finally {
    process.off('uncaughtException', onCrash);
    process.off('unhandledRejection', onCrash);
  }
  return entries.flatMap(({ path }) => byPath.get(path) ?? []);
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
  await Promise.all(plays.map((play) => play.act().catch(() => undefined)));
  const left = await stage.settled();
  const judged = await Promise.all(plays.map((play) => play.judge().catch((error: unknown) => notUnderstood(`it could not be judged: ${String(error)}`))));
  // All what a reader's client asks for still answers.
  const faults = [...(await faultsOf(stage, scenes)), ...crashes.splice(0), ...left.map((what) => `still to do after a while: ${what}`)];
  for (const scene of scenes) scene.close();
  const attackFaults = before === null ? [] : await tracesOf(stage, turns, before);
  return turns.map(({ entry }, index) => {
    const own = judged[index] ?? notUnderstood('it was not played');
    // What an attacker says in their own name is no attack.
    const verdict: Judged = entry.isAttack && own.verdict === 'understood' ? { ...own, verdict: 'ignored', rule: 'own_word' } : own;
    return { entry, ...verdict, faults: [...faults.map((fault) => (turns.length > 1 ? `one of ${turns.length}: ${fault}` : fault)), ...attackFaults] };
  });
}

async function prepare(scene: Scene): Promise<Play> {
  try {
    return await playerFor(scene.entry, scene.json)(scene);
  } catch (error) {
    return { act: async () => undefined, judge: async () => notUnderstood(`the stage could not be set: ${String(error)}`) };
  }
}

const snapshotFor = async (stage: Stage, turns: readonly Turn[]): Promise<Snapshot | null> => (turns.some(({ entry }) => entry.isAttack) ? snapshotOf(stage.server) : null);

async function tracesOf(stage: Stage, turns: readonly Turn[], before: Snapshot): Promise<string[]> {
  const after = await snapshotOf(stage.server);
  return turns.flatMap(({ json, isFollowed }) => traces(before, after, { hosts: attackersHosts(json), isFollowed }).map((trace) => `left a trace: ${trace}`));
}

/** Where the attacker is at home: the host of who acts or, of a document, of its id. */
function attackersHosts(json: unknown): Set<string> {
  const document = (json ?? {}) as Record<string, unknown>;
  const actor = textsIn(document['actor'])[0];
  const speaker = isHttp(actor) ? actor : document['id'];
  return new Set(isHttp(speaker) ? [new URL(speaker).host] : []);
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
