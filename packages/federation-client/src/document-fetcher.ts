import { signMessage, signRequest } from '@trunkline/http-signatures';
import { fail, ok, type Result } from '@trunkline/kernel';
import type { Dispatcher } from 'undici';
import type { ClientParts } from './client-parts.js';
import { FailureMemory } from './failure-memory.js';
import type { FetchFailure } from './fetch-failure.js';
import { retryAfterMsOf } from './judge-response.js';
import { knockUntilTaken, type Knock } from './knock-until-taken.js';
import { mediaTypeOf } from './media-type.js';
import { ACCEPT_ENCODING, discard, readBody } from './read-body.js';
import { orAbort, withinTime } from './request-error.js';
import type { BytesOptions, FetchedBytes, Signer } from './requests.js';
import { FULL, HostSlots } from './slots.js';

type Answer = Result<FetchedBytes, FetchFailure>;
/** The end of one hop: an answer, or where to go next. */
type Hop = { readonly done: Answer } | { readonly next: string };

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const DROPPED_BYTES_MAX = 65_536;

/** GETs for what strangers point at: one flight per URL, few per host, bounded in bytes, hops and time. */
export class DocumentFetcher {
  private readonly flights = new Map<string, Promise<Answer>>();
  private readonly failures: FailureMemory;
  private readonly slots: HostSlots;

  constructor(private readonly parts: ClientParts) {
    const { limits, nowMs } = parts;
    this.failures = new FailureMemory(limits.negativeCacheMs, limits.negativeCacheEntriesMax, nowMs);
    this.slots = new HostSlots({
      perHostMax: limits.fetchesPerHostMax,
      perDomainMax: limits.fetchesPerDomainMax,
      totalMax: limits.fetchesMax,
      waitingPerHostMax: limits.waitingPerHostMax,
      domainOf: parts.domainOf,
    });
  }

  async fetch(address: string, options: BytesOptions): Promise<Answer> {
    const checked = this.judge(address);
    if (!checked.ok) return checked;
    const { href, host } = checked.value;

    const key = [options.kind, options.personal === true ? 'personal' : '', options.signAs?.keyId ?? '', options.maxBytes ?? '', href].join('\n');
    const flying = this.flights.get(key);
    if (flying !== undefined) return flying;
    const known = options.fresh === true ? null : this.failures.recall(key);
    if (known !== null) return fail(known);

    const flight = this.fly(href, host, options).then((answer) => {
      if (answer.ok) this.failures.forget(key);
      else this.failures.remember(key, answer.error);
      return answer;
    });
    this.flights.set(key, flight);
    return flight.finally(() => this.flights.delete(key));
  }

  /** Address and domain rules; asked before every hop and never remembered. */
  private judge(address: string): Result<URL, FetchFailure> {
    const checked = this.parts.guard.checkUrl(address);
    if (checked.ok && this.parts.isHostBlocked(checked.value.host)) {
      return fail({ code: 'blocked_domain', context: { host: checked.value.host } });
    }
    return checked;
  }

  private async fly(href: string, host: string, options: BytesOptions): Promise<Answer> {
    const startedMs = performance.now();
    const answer = await withinTime(this.parts.limits.fetchTotalTimeoutMs, (signal) => this.follow(href, options, signal));
    this.parts.observer.fetched?.({
      host,
      code: answer.ok ? 'ok' : answer.error.code,
      durationMs: performance.now() - startedMs,
    });
    if (answer.ok) return answer;
    return fail({ ...answer.error, context: { url: href, ...answer.error.context } });
  }

  private async follow(href: string, options: BytesOptions, signal: AbortSignal): Promise<Answer> {
    let next = href;
    for (let hops = 0; hops <= this.parts.limits.redirectsMax; hops++) {
      const checked = this.judge(next);
      if (!checked.ok) return checked;
      const hop = await this.hop(checked.value, options, signal);
      if ('done' in hop) return hop.done;
      if (options.personal === true && URL.parse(hop.next)?.origin !== checked.value.origin) break;
      next = hop.next;
    }
    return fail({ code: 'redirects', context: { next: next.slice(0, 200) } });
  }

  private async hop(url: URL, options: BytesOptions, signal: AbortSignal): Promise<Hop> {
    const release = await this.slots.take(url.host, signal);
    if (release === FULL) return { done: fail({ code: 'busy', context: { host: url.host } }) };
    try {
      return await this.request(url, options, signal);
    } finally {
      release();
    }
  }

  private async request(url: URL, options: BytesOptions, signal: AbortSignal): Promise<Hop> {
    const response = await this.knock(url, options, signal);
    const location = headerOf(response, 'location');
    if (REDIRECTS.has(response.statusCode) && location !== '') {
      await response.body.dump({ limit: DROPPED_BYTES_MAX });
      return URL.canParse(location, url.href)
        ? { next: new URL(location, url).href }
        : { done: fail({ code: 'redirects', status: response.statusCode }) };
    }
    return { done: await this.read(url, response, options) };
  }

  /** Signed the other way at once when the answer may be about the signature. */
  private async knock(url: URL, { accept, signAs, personal = false }: BytesOptions, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    const headers = { Accept: accept, 'Accept-Encoding': ACCEPT_ENCODING, 'User-Agent': this.parts.userAgent };
    if (signAs === undefined) return this.ask(url, headers, signal);
    const { last } = await knockUntilTaken(this.parts.schemes, {
      host: url.host,
      knock: async (how) => this.ask(url, await this.signed(url, headers, signAs, how), signal),
      heard: (response) => ({ status: response.statusCode, acceptSignature: headerOf(response, 'accept-signature') || undefined }),
      drop: async (response) => void (await response.body.dump({ limit: DROPPED_BYTES_MAX })),
      firstProves: false,
      isUrgent: personal,
    });
    return last;
  }

  private ask(url: URL, headers: Record<string, string>, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    const { fetchReadTimeoutMs } = this.parts.limits;
    const request = this.parts.pools.at(url).request({
      method: 'GET',
      path: url.pathname + url.search,
      headers,
      signal,
      headersTimeout: fetchReadTimeoutMs,
      bodyTimeout: fetchReadTimeoutMs,
    });
    return orAbort(request, signal);
  }

  /** Anew for each hop: the signature covers host and path. */
  private signed(url: URL, headers: Record<string, string>, signAs: Signer, { scheme, challenge }: Knock): Promise<Record<string, string>> {
    const request = { method: 'GET' as const, url, headers, ...signAs, date: new Date(this.parts.nowMs()) };
    return scheme === 'cavage' ? signRequest(request) : signMessage({ ...request, challenge });
  }

  private async read(url: URL, response: Dispatcher.ResponseData, options: BytesOptions): Promise<Answer> {
    const refusal = this.refusalOf(response, options);
    if (refusal !== null) {
      // An error page is read away to keep the connection; a document that we do not want is cut off.
      if (response.statusCode === 200) discard(response.body);
      else await response.body.dump({ limit: DROPPED_BYTES_MAX });
      return fail(refusal);
    }
    const maxBytes = options.maxBytes ?? this.parts.limits.documentBytesMax;
    const read = await readBody(response.body, headerOf(response, 'content-encoding'), maxBytes);
    return read.ok ? ok({ bytes: read.value, finalUrl: url.href, contentType: headerOf(response, 'content-type'), link: headerOf(response, 'link') }) : read;
  }

  /** Everything that the headers alone decide. */
  private refusalOf(response: Dispatcher.ResponseData, options: BytesOptions): FetchFailure | null {
    const status = response.statusCode;
    if (status !== 200) {
      const retryAfterMs = retryAfterMsOf(headerOf(response, 'retry-after'), this.parts.nowMs());
      return { code: codeOfStatus(status), status, ...(retryAfterMs === null ? {} : { retryAfterMs }) };
    }
    const type = headerOf(response, 'content-type');
    if (!options.isAccepted(mediaTypeOf(type), type)) {
      return { code: 'bad_type', status, context: { contentType: type.slice(0, 200) } };
    }
    const length = Number(headerOf(response, 'content-length') || 0);
    const maxBytes = options.maxBytes ?? this.parts.limits.documentBytesMax;
    return length > maxBytes ? { code: 'too_large', status, context: { length } } : null;
  }
}

/** The header's first value; empty when absent. */
function headerOf(response: Pick<Dispatcher.ResponseData, 'headers'>, name: string): string {
  const value = response.headers[name];
  return (Array.isArray(value) ? value[0] : value) ?? '';
}

function codeOfStatus(status: number): FetchFailure['code'] {
  if (status === 404) return 'not_found';
  if (status === 410) return 'gone';
  if (status >= 500) return 'http_5xx';
  if (status >= 400) return 'http_4xx';
  // A redirect that leads nowhere, or a success without a document.
  return status >= 300 ? 'redirects' : 'bad_type';
}
