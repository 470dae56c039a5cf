import { entityFaults } from '@trunkline/mastodon-api';

type Shape = readonly [route: RegExp, entity: string | null];

/** What each answer is. `…[]` is a list of it; null: no entity at all. The first line that fits counts. */
const SHAPES: readonly Shape[] = [
  [/^POST \/api\/v1\/apps$/, 'CredentialApplication'],
  [/^GET \/api\/v1\/apps\/verify_credentials$/, 'Application'],
  [/^POST \/oauth\/token$/, 'Token'],
  [/^POST \/oauth\/revoke$/, null],
  [/^GET \/api\/v1\/accounts\/verify_credentials$/, 'CredentialAccount'],
  [/^PATCH \/api\/v1\/accounts\/update_credentials$/, 'CredentialAccount'],
  [/^GET \/api\/v1\/accounts\/relationships$/, 'Relationship[]'],
  [/^GET \/api\/v1\/accounts\/search$/, 'Account[]'],
  [/^POST \/api\/v1\/accounts$/, 'Token'],
  [/^POST \/api\/v1\/accounts\/\d+\/\w+$/, 'Relationship'],
  [/^GET \/api\/v1\/accounts\/\d+\/statuses$/, 'Status[]'],
  [/^GET \/api\/v1\/accounts\/\d+\/(followers|following)$/, 'Account[]'],
  [/^GET \/api\/v1\/accounts\/\d+\/lists$/, 'List[]'],
  [/^GET \/api\/v1\/lists$/, 'List[]'],
  [/^(POST|PUT|GET) \/api\/v1\/lists(\/\d+)?$/, 'List'],
  [/^GET \/api\/v1\/lists\/\d+\/accounts$/, 'Account[]'],
  [/^(POST|DELETE) \/api\/v1\/lists\/\d+(\/accounts)?$/, null],
  [/^GET \/api\/v1\/accounts\/[^/]+$/, 'Account'],
  [/^GET \/api\/v1\/statuses\/\d+\/context$/, 'Context'],
  [/^GET \/api\/v1\/statuses\/\d+\/source$/, 'StatusSource'],
  [/^GET \/api\/v1\/statuses\/\d+\/history$/, 'StatusEdit[]'],
  [/^GET \/api\/v1\/statuses\/\d+\/\w+ed_by$/, 'Account[]'],
  [/^GET \/api\/v1\/statuses\/\d+\/quotes$/, 'Status[]'],
  [/^POST \/api\/v1\/statuses\/\d+\/quotes\/\d+\/revoke$/, 'Status'],
  [/^\w+ \/api\/v1\/statuses(\/\d+(\/\w+)?)?$/, 'Status'],
  [/^\w+ \/api\/v1\/polls\/\d+(\/votes)?$/, 'Poll'],
  [/^GET \/api\/v1\/(timelines\/.+|bookmarks|favourites)$/, 'Status[]'],
  [/^GET \/api\/v1\/notifications$/, 'Notification[]'],
  [/^GET \/api\/v1\/notifications\/\d+$/, 'Notification'],
  [/^POST \/api\/v1\/notifications\//, null],
  [/^\w+ \/api\/v1\/markers$/, 'Marker{}'],
  [/^GET \/api\/v1\/preferences$/, 'Preferences'],
  [/^GET \/api\/v[12]\/filters$/, 'Filter[]'],
  [/^GET \/api\/v2\/search$/, 'Search'],
  [/^GET \/api\/v1\/custom_emojis$/, 'CustomEmoji[]'],
  [/^GET \/api\/v1\/instance$/, 'V1::Instance'],
  [/^GET \/api\/v2\/instance$/, 'Instance'],
  [/^POST \/api\/v1\/reports$/, 'Report'],
  [/^GET \/api\/v[12]\/admin\/accounts$/, 'Admin::Account[]'],
  [/^\w+ \/api\/v1\/admin\/accounts\/\d+/, 'Admin::Account'],
  [/^GET \/api\/v1\/admin\/reports$/, 'Admin::Report[]'],
];

/** Looks at the raw JSON of every fine answer that passes `fetch` here, before a client library turns it into its own types. */
export class EntityWitness {
  /** Sentences, each with the request that it is about. */
  private readonly faults: string[] = [];
  /** How many entities were looked at, by name. */
  readonly seen = new Map<string, number>();
  private readonly realFetch = globalThis.fetch;

  constructor(private readonly origin: string) {
    globalThis.fetch = async (input, init) => {
      const response = await this.realFetch(input, init);
      const { method, url } = input instanceof Request ? input : { method: init?.method ?? 'GET', url: String(input) };
      await this.look(method, new URL(url), response.clone());
      return response;
    };
  }

  leave(): void {
    globalThis.fetch = this.realFetch;
  }

  /** @throws Error with what was wrong since the last call */
  sayFaults(): void {
    const faults = this.faults.splice(0);
    if (faults.length > 0) throw new Error(faults.join('\n'));
  }

  /** For what comes another way: the payload of a stream. */
  check(entity: string, json: unknown, where: string): void {
    this.seen.set(entity, (this.seen.get(entity) ?? 0) + 1);
    this.faults.push(...entityFaults(entity, json).map((fault) => `${where}: ${fault}`));
  }

  private async look(method: string, url: URL, response: Response): Promise<void> {
    const isJson = response.headers.get('content-type')?.startsWith('application/json') ?? false;
    if (url.origin !== this.origin || !response.ok || !isJson) return;
    const route = `${method} ${url.pathname}`;
    const shape = SHAPES.find(([pattern]) => pattern.test(route));
    if (shape === undefined) this.faults.push(`${route}: what does it answer?`);
    else if (shape[1] !== null) this.checkShape(shape[1], await response.json(), route);
  }

  private checkShape(shape: string, json: unknown, route: string): void {
    const [, entity = '', many] = /^([\w:]+)(\[\]|\{\})?$/.exec(shape) ?? [];
    if (many === undefined) return this.check(entity, json, route);
    if (Array.isArray(json) !== (many === '[]')) this.faults.push(`${route}: is not ${shape}`);
    for (const [key, item] of Object.entries(json as object)) this.check(entity, item, `${route} ${key}`);
  }
}
