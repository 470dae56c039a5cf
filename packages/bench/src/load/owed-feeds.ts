/** A post that feeds are to get. */
export interface Due {
  /** Milliseconds of the epoch. */
  readonly atMs: number;
  /** Places of the feeds among those that are watched: from this one on, as many as `feeds`. */
  readonly from: number;
  readonly feeds: number;
}

/**
 * Which feeds have not got yet what was due for them: only these need to be looked at, as long as all comes once. Whoever looks on shall not
 * take from the cores what the server needs.
 */
export class OwedFeeds {
  private readonly owed = new Map<number, number>();
  private next = 0;

  /** @param dues in the order of their times */
  constructor(private readonly dues: readonly Due[]) {}

  /** Places of the feeds that wait for something at this time. */
  at(nowMs: number): number[] {
    for (; this.next < this.dues.length && (this.dues[this.next]?.atMs ?? Infinity) <= nowMs; this.next += 1) {
      const { from, feeds } = this.dues[this.next] as Due;
      for (let place = from; place < from + feeds; place += 1) this.owed.set(place, (this.owed.get(place) ?? 0) + 1);
    }
    return [...this.owed.keys()];
  }

  /** The feed at this place got so many. */
  got(place: number, count: number): void {
    const left = (this.owed.get(place) ?? 0) - count;
    if (left > 0) this.owed.set(place, left);
    else this.owed.delete(place);
  }
}
