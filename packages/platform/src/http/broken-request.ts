import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';

interface RequestFailure extends Error {
  readonly code?: string;
}

const STATUS_OF: Readonly<Record<string, number>> = { ERR_HTTP_REQUEST_TIMEOUT: 408, HPE_HEADER_OVERFLOW: 431 };
const SAFE_TEXTS: Readonly<Record<number, string>> = {
  400: 'The request is not valid',
  408: 'The request took too long to arrive',
  431: 'The address or the headers are too long',
};

/** Answers, in the form of every other refusal, what could not be read as a request and so reaches no handler; then hangs up. */
export function refuseBrokenRequest(error: RequestFailure, socket: Socket): void {
  // Nobody is there any more, or an answer is under way already: a second one would be read as part of it.
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable || socket.bytesWritten > 0) {
    socket.destroy();
    return;
  }
  const status = STATUS_OF[error.code ?? ''] ?? 400;
  const body = JSON.stringify({ error: SAFE_TEXTS[status] });
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Connection: close',
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Cache-Control: no-store',
    "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'; form-action 'none'",
    'Referrer-Policy: no-referrer',
    'X-Content-Type-Options: nosniff',
    'X-Frame-Options: DENY',
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}
