import { createHash, sign } from 'node:crypto';
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JsonObject, ScriptedRemote } from '@trunkline/testing';

/** How a flood was answered. */
export interface FloodCounts {
  accepted: number;
  throttled: number;
  unavailable: number;
  other: number;
  /** Refused for want of room, without saying when to come back. */
  withoutRetryAfter: number;
  /** The connection ended before an answer. */
  failed: number;
}

interface Signed {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const PAUSE_AFTER_FAILURE_MS = 50;
const ANSWER_MS_MAX = 30_000;
/** Signatures are told apart by their dates, which may lie twelve hours back. */
const DATES = 36_000;

/** As many connections as are asked for, each with one request after the other, signed anew once it was taken: refusing must be cheap, and so must asking. */
export class Flood {
  readonly counts: FloodCounts = { accepted: 0, throttled: 0, unavailable: 0, other: 0, withoutRetryAfter: 0, failed: 0 };
  private readonly agent = new Agent({ keepAlive: true });
  /** Dates count back from here: no two signatures are the same. */
  private readonly startMs = Date.now();
  private signatures = 0;

  constructor(
    private readonly inboxUrls: readonly string[],
    /** The name by which the server knows itself. */
    private readonly host: string,
  ) {}

  /** Sends an activity again and again until the signal. One whose repeats count, such as a Like. */
  async run(remote: ScriptedRemote, activity: JsonObject, connections: number, signal: AbortSignal): Promise<void> {
    const body = JSON.stringify(activity);
    await Promise.all(
      Array.from({ length: connections }, async (_, index) => {
        let post = this.signed(remote, body);
        for (let turn = index; !signal.aborted; turn += 1) {
          const mayBeTaken = await this.send(this.inboxUrls[turn % this.inboxUrls.length] ?? '', post);
          // The very same signed request would be taken for a repeat of itself.
          if (mayBeTaken) post = this.signed(remote, body);
        }
      }),
    );
  }

  /** Whatever the answer was. */
  get answered(): number {
    const { accepted, throttled, unavailable, other } = this.counts;
    return accepted + throttled + unavailable + other;
  }

  end(): void {
    this.agent.destroy();
  }

  private signed({ person }: ScriptedRemote, body: string): Signed {
    this.signatures += 1;
    const headers: Record<string, string> = {
      host: this.host,
      date: new Date(this.startMs - (this.signatures % DATES) * 1_000).toUTCString(),
      digest: `SHA-256=${createHash('sha256').update(body).digest('base64')}`,
      'content-type': 'application/activity+json',
    };
    const names = Object.keys(headers);
    const text = [`(request-target): post ${new URL(this.inboxUrls[0] ?? '').pathname}`, ...names.map((name) => `${name}: ${headers[name]}`)].join('\n');
    const signature = sign('sha256', Buffer.from(text), person.privateKey).toString('base64');
    headers['signature'] = `keyId="${person.keyId}",algorithm="rsa-sha256",headers="(request-target) ${names.join(' ')}",signature="${signature}"`;
    return { headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) }, body };
  }

  /** @returns whether it may have been taken */
  private async send(url: string, { headers, body }: Signed): Promise<boolean> {
    const answer = await new Promise<{ status: number; retryAfter: string | undefined } | null>((resolve) => {
      const sent = request(url, { method: 'POST', headers, agent: this.agent, timeout: ANSWER_MS_MAX }, (incoming) => {
        incoming.resume();
        incoming.once('end', () => resolve({ status: incoming.statusCode ?? 0, retryAfter: incoming.headers['retry-after'] }));
        incoming.once('error', () => resolve(null));
      });
      sent.once('timeout', () => sent.destroy());
      sent.once('error', () => resolve(null));
      sent.end(body);
    });
    if (answer === null) {
      this.counts.failed += 1;
      await sleep(PAUSE_AFTER_FAILURE_MS);
      return true;
    }
    const { status, retryAfter } = answer;
    if (status === 202) this.counts.accepted += 1;
    else if (status === 429) this.counts.throttled += 1;
    else if (status === 503) this.counts.unavailable += 1;
    else this.counts.other += 1;
    if ((status === 429 || status === 503) && !(Number(retryAfter) > 0)) this.counts.withoutRetryAfter += 1;
    return status === 202;
  }
}
