import { signRequest } from '@trunkline/http-signatures';
import { ok, type Result } from '@trunkline/kernel';
import type { ClientParts } from './client-parts.js';
import { headerOf } from './document-fetcher.js';
import type { FetchFailure } from './fetch-failure.js';
import { judgeResponse } from './judge-response.js';
import { ACTIVITY_JSON } from './media-type.js';
import { orAbort, withinTime } from './request-error.js';
import type { DeliveryOutcome, DeliveryRequest } from './requests.js';

/** Of an inbox's answer only the status counts; this much is read to keep the connection. */
const ANSWER_BYTES_MAX = 65_536;

/** Signs one activity for one inbox and POSTs it. Every outcome is a value; only bugs throw. */
export async function deliver(parts: ClientParts, request: DeliveryRequest): Promise<DeliveryOutcome> {
  const checked = parts.guard.checkUrl(request.inbox);
  if (!checked.ok) return outcomeOf(checked.error);
  const url = checked.value;
  if (parts.isHostBlocked(url.host)) return { kind: 'refused', reason: 'blocked_domain' };

  const startedMs = performance.now();
  const sent = await withinTime(parts.limits.deliverTotalTimeoutMs, (signal) => send(parts, url, request, signal));
  const outcome = sent.ok ? sent.value : outcomeOf(sent.error);
  parts.observer.delivered?.({
    host: url.host,
    kind: outcome.kind,
    reason: outcome.reason,
    durationMs: performance.now() - startedMs,
  });
  return outcome;
}

async function send(
  parts: ClientParts,
  url: URL,
  request: DeliveryRequest,
  signal: AbortSignal,
): Promise<Result<DeliveryOutcome, FetchFailure>> {
  const body = typeof request.body === 'string' ? Buffer.from(request.body) : request.body;
  const headers = await signRequest({
    method: 'POST',
    url,
    headers: { 'Content-Type': request.contentType ?? ACTIVITY_JSON, 'User-Agent': parts.userAgent },
    body,
    keyId: request.keyId,
    privateKey: request.privateKey,
    date: new Date(parts.nowMs()),
  });
  const { deliverTotalTimeoutMs } = parts.limits;
  const response = await orAbort(
    parts.pools.at(url).request({
      method: 'POST',
      path: url.pathname + url.search,
      headers,
      body,
      signal,
      headersTimeout: deliverTotalTimeoutMs,
      bodyTimeout: deliverTotalTimeoutMs,
    }),
    signal,
  );
  // The status stands, however the rest of the answer ends; the total time bounds it.
  await response.body.dump({ limit: ANSWER_BYTES_MAX });
  return ok(judgeResponse(response.statusCode, headerOf(response, 'retry-after'), parts.nowMs()));
}

/** Without an answer: what we do not dial is final, everything else may be better later. */
function outcomeOf(failure: FetchFailure): DeliveryOutcome {
  const detail = String(failure.context?.['system'] ?? failure.context?.['why'] ?? '') || undefined;
  switch (failure.code) {
    case 'bad_url':
    case 'blocked_address':
    case 'blocked_domain':
      return { kind: 'refused', reason: failure.code, detail };
    case 'timeout':
    case 'closed':
      return { kind: 'retry', reason: failure.code, detail };
    default:
      return { kind: 'retry', reason: 'network', detail };
  }
}
