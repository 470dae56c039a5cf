import { setTimeout as sleep } from 'node:timers/promises';
import type { History, Outcome } from '../check/history.js';
import { claimsOf, textOf } from './claims.js';
import { localOf, type People } from './cast.js';
import type { Step } from './plan.js';
import { RemoteActs, type ServerAddresses } from './remote-acts.js';

export interface PerformOptions extends ServerAddresses {
  /** How long an operation is tried again while it gets no answer that counts. 0: once. */
  readonly patienceMs: number;
  /** The same for remotes; as for people here unless told. */
  readonly remotePatienceMs?: number;
  /** Waits before each step, so that a fault meets a load that lasts. */
  readonly paceMs?: number;
  /** Called once a remote activity was acknowledged. */
  readonly onAccepted?: () => void;
}

interface Reply {
  readonly status: number | null;
  readonly retryAfter: string | null;
  /** Of the status that was made. */
  readonly made?: { readonly id: string; readonly uri: string };
}

const PAUSE_MS = 150;
const HELD_MS = 20;
const NO_ANSWER: Reply = { status: null, retryAfter: null };

/** Performs steps, everybody at once, each person's in their order, and writes down what was asked and answered. */
export class Performance {
  /** Ids of what was posted here; null when a post was given up. */
  private readonly made = new Map<string, Promise<{ id: string; uri: string } | null>>();
  private readonly settle = new Map<string, (made: { id: string; uri: string } | null) => void>();
  private readonly acts: RemoteActs;
  private done = 0;
  /** The share of the load that may be over for now. */
  private leash = Infinity;

  constructor(
    private readonly people: People,
    private readonly steps: readonly Step[],
    private readonly history: History,
    private readonly options: PerformOptions,
  ) {
    this.acts = new RemoteActs(people, options);
    for (const step of steps) {
      if (step.kind !== 'post') continue;
      this.made.set(step.object, new Promise((resolve) => this.settle.set(step.object, resolve)));
    }
  }

  /** Share of the steps that are over. */
  get progress(): number {
    return this.done / this.steps.length;
  }

  /** Holds the load back once this share of it is over, so that it does not run away from the faults it is to meet. */
  holdAt(share: number): void {
    this.leash = share;
  }

  async run(): Promise<void> {
    const lanes = new Map<string, Step[]>();
    for (const step of this.steps) lanes.set(step.who, [...(lanes.get(step.who) ?? []), step]);
    await Promise.all(
      [...lanes.values()].map(async (lane) => {
        for (const step of lane) await this.perform(step);
      }),
    );
  }

  private async perform(step: Step): Promise<void> {
    const { op, who, kind } = step;
    await sleep(this.options.paceMs ?? 0);
    while (this.progress >= this.leash) await sleep(HELD_MS);
    const needed = step.replyTo ?? (kind === 'post' || kind.endsWith('follow') ? undefined : step.object);
    const isRemote = this.people.remotes.has(who);
    const about = needed === undefined ? null : await this.made.get(needed);
    this.history.add({ type: 'ask', op, atMs: this.history.nowMs(), who, action: `${kind} ${step.object}`, ...claimsOf(step, this.people.cast) });
    // What it is about was never acknowledged: it is not asked for.
    const isVoid = needed !== undefined && about === null;
    const { outcome, reply } = isVoid ? { outcome: 'refused' as const, reply: NO_ANSWER } : await this.untilAnswered(op, isRemote, (attempt) => (isRemote ? this.actRemotely(step, about?.uri, attempt) : this.actHere(step, about?.id, attempt)));
    this.history.add({ type: 'answer', op, atMs: this.history.nowMs(), outcome, status: reply.status });
    if (kind === 'post') this.settle.get(step.object)?.(outcome === 'acknowledged' ? (reply.made ?? null) : null);
    this.done += 1;
  }

  private async untilAnswered(op: number, isRemote: boolean, act: (attempt: number) => Promise<Reply>): Promise<{ outcome: Outcome; reply: Reply }> {
    const { patienceMs, remotePatienceMs = patienceMs } = this.options;
    const endMs = performance.now() + (isRemote ? remotePatienceMs : patienceMs);
    for (let attempt = 1; ; attempt += 1) {
      const reply = await act(attempt).catch(() => NO_ANSWER);
      if (reply.status !== null && reply.status < 300) return { outcome: 'acknowledged', reply };
      this.history.add({ type: 'try', op, atMs: this.history.nowMs(), status: reply.status, retryAfter: reply.retryAfter });
      if (reply.status !== null && reply.status < 500 && reply.status !== 429) return { outcome: 'refused', reply };
      if (performance.now() > endMs) return { outcome: 'unknown', reply };
      await sleep(PAUSE_MS);
    }
  }

  private async actHere(step: Step, id: string | undefined, attempt: number): Promise<Reply> {
    const { api } = localOf(this.people, step.who);
    const text = textOf(step.object, step.version ?? 0);
    const ask = async (method: string, path: string, body?: Readonly<Record<string, unknown>>, headers?: Readonly<Record<string, string>>): Promise<Reply> => {
      const answer = await api.ask<{ id: string; uri: string }>(method, path, body, headers);
      return { status: answer.status, retryAfter: answer.headers.get('retry-after'), made: answer.body };
    };
    switch (step.kind) {
      case 'post':
        return ask('POST', '/api/v1/statuses', { status: text, ...(id === undefined ? {} : { in_reply_to_id: id }) }, { 'idempotency-key': step.object });
      case 'edit':
        return ask('PUT', `/api/v1/statuses/${id}`, { status: text });
      case 'delete': {
        const reply = await ask('DELETE', `/api/v1/statuses/${id}`);
        // Gone at the second try is what was wanted: the first answer was lost.
        return reply.status === 404 && attempt > 1 ? { ...reply, status: 200 } : reply;
      }
      case 'boost':
      case 'unboost':
        return ask('POST', `/api/v1/statuses/${id}/${step.kind === 'boost' ? 'reblog' : 'unreblog'}`);
      case 'favourite':
      case 'unfavourite':
        return ask('POST', `/api/v1/statuses/${id}/${step.kind}`);
      case 'follow':
      case 'unfollow':
        return ask('POST', `/api/v1/accounts/${localOf(this.people, step.object).person.account.id}/${step.kind}`);
    }
  }

  private async actRemotely(step: Step, uri: string | undefined, attempt: number): Promise<Reply> {
    const answer = await this.acts.send(step, uri, attempt);
    if (answer.status < 300) this.options.onAccepted?.();
    const made = step.kind === 'post' ? { id: '', uri: this.acts.noteId(step.object) } : undefined;
    const retryAfter = answer.headers['retry-after'];
    return { status: answer.status, retryAfter: typeof retryAfter === 'string' ? retryAfter : null, ...(made === undefined ? {} : { made }) };
  }
}
