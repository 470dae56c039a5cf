/** What a page answered. */
export interface PageAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Where it sends on; null: nowhere. */
  readonly location: string | null;
}

export type Fields = Readonly<Record<string, string>>;

const ENTITIES: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'", '&#96;': '`' };
const plain = (text: string): string => text.replace(/&(?:amp|lt|gt|quot|#39|#96);/g, (entity) => ENTITIES[entity] ?? entity);

/** A browser without scripts: keeps cookies, sends forms as people do, follows nothing by itself. */
export class PageBrowser {
  readonly cookies = new Map<string, string>();
  /** Attributes of the cookies as they were set. */
  readonly cookieLines: string[] = [];

  constructor(private readonly baseUrl: string) {}

  get(path: string): Promise<PageAnswer> {
    return this.ask('GET', path);
  }

  /** Fills in and sends the form of a page: its hidden fields go with it. */
  submit(page: PageAnswer, path: string, fields: Fields): Promise<PageAnswer> {
    return this.post(path, { ...hiddenFieldsOf(page.text), ...fields });
  }

  post(path: string, fields: Fields, headers: Fields = {}): Promise<PageAnswer> {
    const origin = new URL(this.baseUrl).origin;
    return this.ask('POST', path, { origin, 'content-type': 'application/x-www-form-urlencoded', ...headers }, new URLSearchParams(fields).toString());
  }

  private async ask(method: string, path: string, headers: Fields = {}, body?: string): Promise<PageAnswer> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(new URL(path, this.baseUrl), {
      method,
      redirect: 'manual',
      headers: { accept: 'text/html', ...(cookie === '' ? {} : { cookie }), ...headers },
      ...(body === undefined ? {} : { body }),
    });
    for (const line of response.headers.getSetCookie()) this.keep(line);
    return { status: response.status, headers: response.headers, text: await response.text(), location: response.headers.get('location') };
  }

  private keep(line: string): void {
    this.cookieLines.push(line);
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    if (value === '' || /expires=Thu, 01 Jan 1970/i.test(line)) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}

function hiddenFieldsOf(page: string): Record<string, string> {
  const found = page.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g);
  return Object.fromEntries([...found].map(([, name = '', value = '']) => [plain(name), plain(value)]));
}
