import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';

const TIMEOUT_MS = 10_000;
const TEXT_BYTES_MAX = 262_144;

/** One request as another server would make it, to an address that the operator chose. */
export interface Knock {
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  /** Default 3, of a GET. */
  readonly redirectsMax?: number;
}

export interface Answered {
  readonly status: number;
  /** Of a header that came several times: joined by commas. */
  readonly header: (name: string) => string;
  /** The first 256 KiB. */
  readonly text: string;
  /** Where it was answered at last. */
  readonly url: string;
}

/**
 * Knocks at one address and reads what is answered. It is asked for addresses that the operator chose, so that they
 * are not judged here; redirects of a GET are followed.
 * @throws Error with the system's words when nobody answers within 10 s
 */
export async function knock(url: string, options: Knock = {}): Promise<Answered> {
  const { method = 'GET', redirectsMax = method === 'GET' ? 3 : 0 } = options;
  let at = url;
  for (let hops = 0; ; hops += 1) {
    const answered = await once(at, options);
    const location = answered.header('location');
    const follows = answered.status >= 300 && answered.status < 400 && URL.canParse(location, at);
    if (!follows || hops >= redirectsMax) return answered;
    at = new URL(location, at).href;
  }
}

function once(url: string, { method = 'GET', headers = {}, body }: Knock): Promise<Answered> {
  const send = url.startsWith('http:') ? requestHttp : requestHttps;
  return new Promise((resolve, reject) => {
    const request = send(url, { method, headers: { 'user-agent': 'Trunkline-doctor', ...headers }, signal: AbortSignal.timeout(TIMEOUT_MS), agent: false }, (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      const settle = (): void => {
        const header = (name: string): string => [response.headers[name.toLowerCase()] ?? ''].flat().join(', ');
        resolve({ status: response.statusCode ?? 0, header, text: Buffer.concat(chunks).toString('utf8'), url });
      };
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes <= TEXT_BYTES_MAX) chunks.push(chunk);
        else response.destroy();
      });
      response.on('end', settle).on('close', settle).on('error', settle);
    });
    request.on('error', (error) => reject(error.name === 'AbortError' || error.name === 'TimeoutError' ? Object.assign(new Error('no answer within 10 s'), { code: 'TIMEOUT' }) : error));
    request.end(body);
  });
}
