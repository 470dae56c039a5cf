export interface ApiAnswer<T> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
}

type Body = Readonly<Record<string, unknown>>;

/** A bare client of the Mastodon API, for tests that look at statuses and headers; masto.js is the foreign one. */
export class ApiClient {
  constructor(
    readonly baseUrl: string,
    private readonly token: string | null,
  ) {}

  /** The answer, whatever its status. */
  async ask<T = unknown>(method: string, path: string, body?: Body, headers: Readonly<Record<string, string>> = {}): Promise<ApiAnswer<T>> {
    const response = await fetch(new URL(path, this.baseUrl), {
      method,
      redirect: 'manual',
      headers: {
        ...(this.token === null ? {} : { authorization: `Bearer ${this.token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = (response.headers.get('content-type') ?? '').includes('json');
    return { status: response.status, headers: response.headers, body: (isJson && text !== '' ? JSON.parse(text) : text) as T };
  }

  /** @throws Error unless the answer is 2xx. */
  async get<T = Record<string, unknown>>(path: string): Promise<T> {
    return this.fine<T>('GET', path, await this.ask<T>('GET', path));
  }

  async post<T = Record<string, unknown>>(path: string, body: Body = {}, headers: Readonly<Record<string, string>> = {}): Promise<T> {
    return this.fine<T>('POST', path, await this.ask<T>('POST', path, body, headers));
  }

  async delete<T = Record<string, unknown>>(path: string): Promise<T> {
    return this.fine<T>('DELETE', path, await this.ask<T>('DELETE', path));
  }

  private fine<T>(method: string, path: string, answer: ApiAnswer<T>): T {
    if (answer.status < 200 || answer.status > 299) {
      throw new Error(`${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body).slice(0, 300)}`);
    }
    return answer.body;
  }
}
