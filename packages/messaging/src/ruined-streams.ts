import type { JetStreamManager, StreamInfo } from '@nats-io/jetstream';
import { FOLDER_GONE, streamInfo } from './stream-info.js';

/** Processes that see the same ruin act at different moments, so that mostly one acts and the others see a new stream. */
const JITTER_MS_MAX = 1_500;

interface Look {
  /** When the broker made the stream, in its own words: another stream of the same name has another. */
  readonly created: string;
  readonly atMs: number;
}

/**
 * Streams that the broker lists and cannot store in. nats-server (seen with 2.9.10) removes the folder of a deleted
 * stream after it forgot its name; one that is made anew in between loses its folder. Then it refuses every message with
 * its system's error, and who publishes is the first to know, and tells it here; or, when a file was open already, it
 * takes every message and can read none.
 */
export class RuinedStreams {
  /** By stream, as the broker names it: when the newest message that it could not store was sent. */
  private readonly refusals = new Map<string, number>();
  private readonly looks = new Map<string, Look>();
  private readonly listeners = new Set<() => void>();

  /**
   * @param reason what the broker said to a request about the stream; only the missing folder counts
   * @param sentAtMs of `performance.now()`: when that request was sent
   */
  note(stream: string, reason: string, sentAtMs: number): void {
    if (!reason.includes(FOLDER_GONE)) return;
    this.refusals.set(stream, Math.max(sentAtMs, this.refusals.get(stream) ?? 0));
    for (const listener of this.listeners) listener();
  }

  /** Calls back after every refusal. Returns the way out. */
  onNoted(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /**
   * Deletes the stream when it is ruined for sure: it cannot read what it counts, or it refused what was sent after we
   * saw it and is still the one that we saw. What lay in it is lost to the broker; Postgres has it, and the sweepers
   * announce it again.
   * @returns what became of it; one that was removed can be made anew at once
   */
  async remove(manager: JetStreamManager, stream: string, wait: (ms: number) => Promise<void>): Promise<'stands' | 'missing' | 'removed'> {
    const refusedMs = this.refusals.get(stream);
    const before = this.looks.get(stream);
    const info = await this.look(manager, stream);
    this.refusals.delete(stream);
    if (info === null) return 'missing';
    const refuses = refusedMs !== undefined && before?.created === info.created && refusedMs >= before.atMs;
    if (!refuses && !(await isUnreadable(manager, info))) return 'stands';
    await wait(Math.random() * JITTER_MS_MAX);
    const now = await this.look(manager, stream);
    if (now?.created !== info.created) return now === null ? 'missing' : 'stands';
    await manager.streams.delete(stream);
    return 'removed';
  }

  private async look(manager: JetStreamManager, stream: string): Promise<StreamInfo | null> {
    // Taken before the question: what is sent from here on meets this stream or a later one.
    const atMs = performance.now();
    const info = await streamInfo(manager, stream);
    if (info === null) this.looks.delete(stream);
    else if (this.looks.get(stream)?.created !== info.created) this.looks.set(stream, { created: info.created, atMs });
    return info;
  }
}

/** The first message is always there: one that was handled meanwhile is the first no more. */
async function isUnreadable(manager: JetStreamManager, { config: { name }, created, state }: StreamInfo): Promise<boolean> {
  if (state.messages === 0) return false;
  if ((await manager.streams.getMessage(name, { seq: state.first_seq })) !== null) return false;
  const now = await streamInfo(manager, name);
  return now !== null && now.created === created && now.state.messages > 0 && now.state.first_seq === state.first_seq;
}
