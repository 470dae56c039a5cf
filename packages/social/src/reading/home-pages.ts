import type { Page } from '@trunkline/domain';
import type { AccountId, StatusId } from '@trunkline/kernel';
import { fragmentsJson } from '../rendering/fragments.js';
import type { Changes } from './changes.js';
import type { FragmentReader } from './fragment-reader.js';
import { feedHead, type FeedHead, type FeedPorts } from './home-feed.js';
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
}

/** Some hundreds of pages. */
const PAGES_BYTES_MAX = 32 << 20;

/**
 * Home timelines as JSON. A first page is kept as it was sent, until something comes into the feed or goes, or anything
 * changes that was looked at for it: whoever asks again meanwhile gets the same bytes.
 */
export class HomePages {
  private readonly kept: Kept<HomePage & { readonly print: string }>;

  constructor(
    private readonly ports: HomePagePorts,
    nowMs: () => number,
    bytesMax = PAGES_BYTES_MAX,
  ) {
    this.kept = new Kept(bytesMax, ports.changes, nowMs);
  }

  async read(request: HomeRequest): Promise<HomePage> {
    const { viewerId, page, told } = request;
    const isFirst = page.maxId === null && page.minId === null && page.sinceId === null;
    // Posts of authors who are looked up stand in no feed: nothing here would tell that there is a new one.
    if (!told || !isFirst || (await this.ports.pulled.any())) return this.make(request);
    const key = `${viewerId} ${page.limit}`;
    const known = this.kept.get(key);
    const since = this.ports.changes.moment;
    const head = await feedHead({ ...this.ports, onPartialFeed: request.onPartialFeed }, viewerId, page.limit, known?.print ?? '');
    if (head === null && known !== undefined) return known;
    const trail = new Trail();
    const made = await this.make(request, head ?? undefined, trail);
    const print = head?.print ?? null;
    if (print !== null) this.kept.keep(key, { ...made, print }, { since, names: [...trail.names], bytes: made.json.length, untilMs: trail.untilMs });
    return made;
  }

  private async make({ viewerId, page, told, onPartialFeed }: HomeRequest, head?: FeedHead, trail?: Trail): Promise<HomePage> {
    const { store, feeds, pulled, fragments } = this.ports;
    const views = await homeTimeline({ store, feeds, pulled, onPartialFeed, head }, fragments.synced(told, trail), viewerId, page);
    return { ids: views.map(({ status }) => status.id), json: fragmentsJson(views, viewerId) };
  }
}
