import type { Page } from '@trunkline/domain';
import type { AccountId, StatusId } from '@trunkline/kernel';
import { fragmentsJson } from '../rendering/fragments.js';
import type { Changes } from './changes.js';
import type { FragmentReader } from './fragment-reader.js';
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
}

/** Some hundreds of pages. */
const PAGES_BYTES_MAX = 32 << 20;
/** Of an id in the head of a feed. */
const ID_BYTES = 40;

/**
 * Home timelines as JSON. A first page is kept as it was sent, until something comes into the feed or goes, or anything
 * changes that was looked at for it: whoever asks again meanwhile gets the same bytes.
 */
export class HomePages {
  private readonly kept: Kept<KeptPage>;

  constructor(
    private readonly ports: HomePagePorts,
    nowMs: () => number,
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
    const since = this.ports.changes.moment;
    const head = await headOf({ ...this.ports, onPartialFeed: request.onPartialFeed }, viewerId, page.limit, look);
    const { print } = head;
    // Posts of authors who are looked up stand in no feed: nothing here would tell that there is a new one.
    if (!told || print === null || page.sinceId !== null || (await this.ports.pulled.any())) return this.make(request, head);
    const key = keyOf(viewerId, page);
    const known = this.kept.get(key);
    if (known?.head.print === print) return known.page;
    const trail = new Trail();
    const made = await this.make(request, head, trail);
    if (trail.hasGaps) return made;
    const bytes = made.json.length + head.ids.length * ID_BYTES;
    this.kept.keep(key, { page: made, head: { ...head, print } }, { since, names: [...trail.names], bytes, untilMs: trail.untilMs });
    return made;
  }

  private async make({ viewerId, page, told, onPartialFeed }: HomeRequest, head?: FeedHead, trail?: Trail): Promise<HomePage> {
    const { store, feeds, pulled, fragments } = this.ports;
    const views = await homeTimeline({ store, feeds, pulled, onPartialFeed, head }, fragments.synced(told, trail), viewerId, page);
    return { ids: views.map(({ status }) => status.id), json: fragmentsJson(views, viewerId) };
  }
}

const keyOf = (viewerId: AccountId, page: Page): string => `${viewerId} ${page.limit}`;
