import type { Dispatcher } from 'undici';
import { TotalTimeoutError } from './request-error.js';

/** Of an inbox's answer only the status counts; this much is read to keep the connection. */
const ANSWER_BYTES_MAX = 65_536;

export interface AnswerHead {
  readonly status: number;
  /** The Retry-After header. */
  readonly retryAfter: string | undefined;
  /** The Accept-Signature header. */
  readonly acceptSignature: string | undefined;
}

/**
 * Takes the answer of one POST straight from undici's parser, within a total time. `Pool.request` builds a stream, an
 * async resource and an abort signal for each answer, of which nothing is wanted here: a third of the cost of a send.
 */
export class PostAnswer implements Dispatcher.DispatchHandler {
  readonly settled: Promise<AnswerHead>;
  private readonly timer: NodeJS.Timeout;
  private head: AnswerHead | null = null;
  private controller: Dispatcher.DispatchController | null = null;
  private bytes = 0;
  private tooLate: TotalTimeoutError | null = null;
  private readonly outcome = Promise.withResolvers<AnswerHead>();

  constructor(totalMs: number) {
    this.settled = this.outcome.promise;
    // A failure before anybody waits for it is told to who does later.
    this.settled.catch(() => undefined);
    this.timer = setTimeout(() => this.expire(), totalMs);
  }

  /** To be called in the end, whatever came of it. */
  forget(): void {
    clearTimeout(this.timer);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    // undici learns of it only now that there is a connection; until then a dead host would hold the delivery.
    if (this.tooLate !== null) controller.abort(this.tooLate);
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: Readonly<Record<string, string | string[] | undefined>>): void {
    if (status < 200) return;
    this.head = { status, retryAfter: firstOf(headers['retry-after']), acceptSignature: firstOf(headers['accept-signature']) };
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.bytes += chunk.length;
    if (this.bytes > ANSWER_BYTES_MAX) controller.abort(new Error('the answer is long'));
  }

  onResponseEnd(): void {
    if (this.head === null) this.end(new Error('no status'));
    else this.outcome.resolve(this.head);
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    this.end(error);
  }

  private expire(): void {
    this.tooLate = new TotalTimeoutError('total time used up');
    this.controller?.abort(this.tooLate);
    this.end(this.tooLate);
  }

  /** The status stands, however the rest of the answer ends. */
  private end(error: Error): void {
    if (this.head === null) this.outcome.reject(error);
    else this.outcome.resolve(this.head);
  }
}

const firstOf = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value);
