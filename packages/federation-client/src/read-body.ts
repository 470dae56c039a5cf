import type { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { fail, ok, type Result } from '@trunkline/kernel';
import { codeOf } from './error-code.js';
import type { FetchFailure } from './fetch-failure.js';

export const ACCEPT_ENCODING = 'gzip, br';
/** zlib's codes for gzip and deflate, and for Brotli. */
const DECODING_ERROR = /^(?:Z_|ERR_BROTLI|ERR__ERROR)/;
class TooLarge extends Error {}

/**
 * Reads a response to its end: at most `bytesMax` on the wire, and as many again after decompression, counted
 * while they come. What goes beyond is cut off with its connection.
 * Failures: `too_large`; `bad_type` for an encoding that is unknown, nested or broken.
 * @throws whatever breaks the connection
 */
export async function readBody(body: Readable, encoding: string, bytesMax: number): Promise<Result<Buffer, FetchFailure>> {
  const decoder = decoderFor(encoding.trim().toLowerCase());
  if (decoder === 'unknown') {
    discard(body);
    return fail({ code: 'bad_type', context: { encoding: encoding.slice(0, 100) } });
  }

  const chunks: Buffer[] = [];
  const collect = async (source: AsyncIterable<Buffer>): Promise<void> => {
    for await (const chunk of source) chunks.push(chunk);
  };
  try {
    if (decoder === null) await pipeline(body, atMost(bytesMax), collect);
    else await pipeline(body, atMost(bytesMax), decoder, atMost(bytesMax), collect);
  } catch (error) {
    if (error instanceof TooLarge) return fail({ code: 'too_large', context: { bytesMax } });
    const code = codeOf(error);
    if (code !== null && DECODING_ERROR.test(code)) return fail({ code: 'bad_type', context: { encoding, why: code } });
    throw error;
  }
  return ok(Buffer.concat(chunks));
}

/** Drops a response with its connection. */
export function discard(body: Readable): void {
  // Being cut off is what we want here: without a listener it would end the process.
  body.on('error', () => undefined).destroy();
}

function decoderFor(encoding: string): Transform | null | 'unknown' {
  switch (encoding) {
    case '':
    case 'identity':
      return null;
    case 'gzip':
    case 'x-gzip':
      return createGunzip();
    case 'deflate':
      return createInflate();
    case 'br':
      return createBrotliDecompress();
    default:
      return 'unknown';
  }
}

const atMost = (bytesMax: number) =>
  async function* (source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    let bytes = 0;
    for await (const chunk of source) {
      bytes += chunk.length;
      if (bytes > bytesMax) throw new TooLarge();
      yield chunk;
    }
  };
