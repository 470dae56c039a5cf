/** A page as it came. */
export interface Page {
  readonly status: number;
  readonly url: URL;
  readonly text: string;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
const decoded = (text: string): string => text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => ENTITIES[name] ?? '');
const REDIRECTS_MAX = 8;

/** What a person's browser does on a server's pages: keeps cookies, follows redirects there, fills in forms. Runs no scripts. */
export class PageBrowser {
  private readonly cookies = new Map<string, string>();

  constructor(private readonly origin: string) {}

  open(path: string): Promise<Page> {
    return this.follow('GET', new URL(path, this.origin), null);
  }

  /** Sends the page's form with what it holds by itself and what is typed in. A redirect to elsewhere is a page of status 302 there. */
  submit(page: Page, typed: Readonly<Record<string, string>>): Promise<Page> {
    const form = /<form[^>]*\smethod="post"[^>]*\saction="([^"]*)"[^>]*>([\s\S]*?)<\/form>/.exec(page.text);
    if (form === null) throw new Error(`no form on ${page.url.href} (${page.status}): ${page.text.slice(0, 300)}`);
    const [, action = '', inner = ''] = form;
    const hidden = [...inner.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)];
    const fields = { ...Object.fromEntries(hidden.map(([, name = '', value = '']) => [decoded(name), decoded(value)])), ...typed };
    return this.follow('POST', new URL(decoded(action), page.url), new URLSearchParams(fields));
  }

  private async follow(method: string, first: URL, form: URLSearchParams | null): Promise<Page> {
    let page = await this.ask(method, first, form);
    for (let hop = 0; page.location !== null && hop < REDIRECTS_MAX; hop += 1) {
      const next = new URL(page.location, page.url);
      // What lies elsewhere belongs to an app: the browser only hands the address over.
      if (next.origin !== this.origin) return { ...page, url: next };
      page = await this.ask('GET', next, null);
    }
    return page;
  }

  private async ask(method: string, url: URL, form: URLSearchParams | null): Promise<Page & { readonly location: string | null }> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, {
      method,
      redirect: 'manual',
      headers: { accept: 'text/html', ...(cookie === '' ? {} : { cookie }), ...(form === null ? {} : { origin: this.origin }) },
      ...(form === null ? {} : { body: form }),
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      this.cookies.set(name, value);
    }
    return { status: response.status, url, text: await response.text(), location: response.headers.get('location') };
  }
}
