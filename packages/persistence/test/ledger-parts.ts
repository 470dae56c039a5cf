import { SnowflakeGenerator, type Clock, type Snowflake } from '@trunkline/kernel';

/** A clock that tests move, on top of the real time: partitions and leases live by the real one. */
export class MovableClock implements Clock {
  offsetMs = 0;
  nowMs(): number {
    return Date.now() + this.offsetMs;
  }
}

/** Ids without a lease. */
export function testIds(worker = 1): { next(): Snowflake } {
  return new SnowflakeGenerator(worker);
}
