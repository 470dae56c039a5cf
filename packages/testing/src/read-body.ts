import type { IncomingMessage } from 'node:http';

const BODY_BYTES_MAX = 4 * 1024 * 1024;

/** The body of a request to a stand-in for another server. @throws Error beyond 4 MiB: no server of ours sends that */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) throw new Error('a POST of more than 4 MiB');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
