import { setTimeout as sleep } from 'node:timers/promises';

/** The part of Mastodon's client API that the demo needs, as one person of one server. */
export class MastodonClient {
  private readonly baseUrl: string;
  private readonly token: string;

  /** @param baseUrl e.g. http://localhost:3000 */
  constructor(baseUrl: string, token: string) {
    this.baseUrl = baseUrl;
    this.token = token;
  }

  /** The id of an account of any server, looked up there if need be. */
  async resolve(handle: string): Promise<string> {
    const query = new URLSearchParams({ q: handle, resolve: 'true', type: 'accounts', limit: '1' });
    const found = await this.ask<{ accounts: { id: string }[] }>('GET', `/api/v2/search?${query}`);
    const id = found.accounts[0]?.id;
    if (!id) throw new Error(`${handle} was not found from ${this.baseUrl}.`);
    return id;
  }

  /** Follows, and waits until the other side has accepted. */
  async follow(handle: string): Promise<void> {
    const id = await this.resolve(handle);
    await this.ask('POST', `/api/v1/accounts/${id}/follow`);
    await until(`${handle} accepts`, async () => {
      const [tie] = await this.ask<{ following: boolean }[]>('GET', `/api/v1/accounts/relationships?id[]=${id}`);
      return tie?.following === true;
    });
  }

  /** Writes a public post, and returns its address. */
  async post(status: string): Promise<string> {
    return (await this.ask<{ uri: string }>('POST', '/api/v1/statuses', { status })).uri;
  }

  /** Waits until a post stands in the home timeline. */
  async waitForHome(uri: string): Promise<void> {
    await until(`${uri} arrives at ${this.baseUrl}`, async () => {
      const home = await this.ask<{ uri: string; reblog: { uri: string } | null }[]>('GET', '/api/v1/timelines/home?limit=40');
      return home.some((status) => (status.reblog ?? status).uri === uri);
    });
  }

  private async ask<T>(method: string, path: string, form?: Record<string, string>): Promise<T> {
    const answer = await fetch(`${this.baseUrl}${path}`, {
      method,
      headers: { Authorization: `Bearer ${this.token}` },
      ...(form ? { body: new URLSearchParams(form) } : {}),
      signal: AbortSignal.timeout(30_000),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text.slice(0, 300)}`);
    return JSON.parse(text) as T;
  }
}

/** Asks again until it is so; a minute is far more than a hop on one machine takes. */
async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const giveUpAt = Date.now() + 60_000;
  while (!(await isSo())) {
    if (Date.now() > giveUpAt) throw new Error(`Waited a minute in vain until ${what}.`);
    await sleep(200);
  }
}
