import { compareIds, type Snowflake } from '@trunkline/kernel';

/** Decimal places of the lower half; both halves are exact as numbers. */
const LOW_DIGITS = 9;

/** Many ids in 12 bytes each, where a `Set` of texts takes five times that: people's ties are kept for many readers. */
export class IdSet {
  private constructor(
    private readonly high: Float64Array,
    private readonly low: Uint32Array,
  ) {}

  static of(ids: readonly Snowflake[]): IdSet {
    const sorted = [...ids].sort(compareIds);
    return new IdSet(Float64Array.from(sorted, highOf), Uint32Array.from(sorted, lowOf));
  }

  get bytes(): number {
    return this.high.byteLength + this.low.byteLength;
  }

  has(id: Snowflake): boolean {
    const { high, low } = this;
    let to = high.length - 1;
    if (to < 0) return false;
    const [wantedHigh, wantedLow] = [highOf(id), lowOf(id)];
    let from = 0;
    while (from <= to) {
      const middle = (from + to) >> 1;
      const apart = (high[middle] ?? 0) - wantedHigh || (low[middle] ?? 0) - wantedLow;
      if (apart === 0) return true;
      if (apart < 0) from = middle + 1;
      else to = middle - 1;
    }
    return false;
  }
}

const highOf = (id: Snowflake): number => (id.length > LOW_DIGITS ? Number(id.slice(0, -LOW_DIGITS)) : 0);
const lowOf = (id: Snowflake): number => Number(id.slice(-LOW_DIGITS));
