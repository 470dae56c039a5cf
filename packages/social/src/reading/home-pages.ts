import type { Page } from '@trunkline/domain';
import type { AccountId, StatusId } from '@trunkline/kernel';
import { fragmentsJson } from '../rendering/fragments.js';
import type { Changes } from './changes.js';
import type { FragmentReader, Reading } from './fragment-reader.js';
import type { KnownFeed } from '../ports/reader-stores.js';
import { headOf, lookAtHead, type FeedHead, type FeedPorts, type HeadLook } from './home-feed.js';
import { Kept, Trail } from './kept.js';
import { homeTimeline } from './timelines.js';

export interface HomePagePorts extends Omit<FeedPorts, 'onPartialFeed'> {
  readonly fragments: FragmentReader;
  readonly changes: Changes;
}

/** A page of a home timeline. */
export interface HomePage {
  /** Newest first. */
  readonly ids: readonly StatusId[];
  /** Status entities, as the bytes that are sent. */
  readonly json: Buffer;
}

/** Somebody asks for a page. */
export interface HomeRequest {
  readonly viewerId: AccountId;
  readonly page: Page;
  /** What the look at the log of changes said, which this request had first. */
  readonly told: boolean;
  /** Told when the feed is being built by somebody else. */
  readonly onPartialFeed: () => void;
  /** What was begun for it. */
  readonly begun?: HeadLook | null;
}

interface KeptPage {
  readonly page: HomePage;
  /** What it was made from. */
  readonly head: KnownFeed;
  /** False: a new one would not be believed for longer either. */
  readonly mayRenew: boolean;
}

/** Some hundreds of pages. */
const PAGES_BYTES_MAX = 32 << 20;
/** A page that is asked for when it has less left is made anew, for those who ask next. */
const RENEW_MS = 15_000;
/** Pages being made so; others run out, and are made when they are asked for. */
const RENEWALS_MAX = 2;
/** Of an id in the head of a feed. */
const ID_BYTES = 40;

/**
 * Home timelines as JSON. A first page is kept as it was sent, until something comes into the feed or goes, or anything
 * changes that was looked at for it: whoever asks again meanwhile gets the same bytes.
 */
export class HomePages {
  private readonly kept: Kept<KeptPage>;
  private readonly renewing = new Set<string>();

  constructor(
    private readonly ports: HomePagePorts,
    private readonly nowMs: () => number,
    bytesMax = PAGES_BYTES_MAX,
  ) {
    this.kept = new Kept(bytesMax, ports.changes, nowMs);
  }

  /**
   * Looks at the feed before it is known whether the viewer may: a request then waits once for Redis, not twice. Null:
   * nothing can be begun for this page.
   */
  begin(viewerId: AccountId, page: Page): HeadLook | null {
    if (page.maxId !== null || page.minId !== null) return null;
    return lookAtHead(this.ports, viewerId, page.limit, this.kept.peek(keyOf(viewerId, page))?.head ?? null);
  }

  async read(request: HomeRequest): Promise<HomePage> {
    const { viewerId, page, told } = request;
    const look = request.begun ?? this.begin(viewerId, page);
    if (look === null) return this.make(request);
    const head = await headOf({ ...this.ports, onPartialFeed: request.onPartialFeed }, viewerId, page.limit, look);
    const { print } = head;
    // Posts of authors who are looked up stand in no feed: nothing here would tell that there is a new one.
    if (!told || print === null || page.sinceId !== null || (await this.ports.pulled.any())) return this.make(request, head);
    const key = keyOf(viewerId, page);
    const known = this.kept.get(key);
    if (known?.head.print !== print) return this.makeAndKeep(request, { ...head, print });
    if (known.mayRenew && this.kept.leftMs(key) < RENEW_MS) this.renew(key, request, known.head);
    return known.page;
  }

  /** Behind the back of whoever asks: what a page is made of has to be asked of Postgres again each minute. */
  private renew(key: string, request: HomeRequest, head: KnownFeed): void {
    if (this.renewing.has(key) || this.renewing.size >= RENEWALS_MAX) return;
    this.renewing.add(key);
    // What fails here fails again for whoever asks when the page has run out.
    this.makeAndKeep({ ...request, onPartialFeed: () => undefined }, head, RENEW_MS)
      .catch(() => undefined)
      .finally(() => this.renewing.delete(key));
  }

  private async makeAndKeep(request: HomeRequest, head: KnownFeed, leftMsMin?: number): Promise<HomePage> {
    const since = this.ports.changes.moment;
    const trail = new Trail();
    const made = await this.make(request, head, { told: request.told, trail, leftMsMin });
    if (trail.hasGaps) return made;
    const bytes = made.json.length + head.ids.length * ID_BYTES;
    const mayRenew = leftMsMin === undefined || trail.untilMs - this.nowMs() > leftMsMin;
    this.kept.keep(keyOf(request.viewerId, request.page), { page: made, head, mayRenew }, { since, names: [...trail.names], bytes, untilMs: trail.untilMs });
    return made;
  }

  private async make(request: HomeRequest, head?: FeedHead, how: Reading = { told: request.told }): Promise<HomePage> {
    const { store, feeds, pulled, fragments } = this.ports;
    const { viewerId, page, onPartialFeed } = request;
    const views = await homeTimeline({ store, feeds, pulled, onPartialFeed, head }, fragments.synced(how), viewerId, page);
    return { ids: views.map(({ status }) => status.id), json: fragmentsJson(views, viewerId) };
  }
}

const keyOf = (viewerId: AccountId, page: Page): string => `${viewerId} ${page.limit}`;
