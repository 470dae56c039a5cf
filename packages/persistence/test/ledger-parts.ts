import { SnowflakeGenerator, type Clock, type Snowflake } from '@trunkline/kernel';

/** A clock that tests move, on top of the real time: partitions and leases live by the real one. */
export class MovableClock implements Clock {
  offsetMs = 0;
  nowMs(): number {
    return Date.now() + this.offsetMs;
  }
}

/** A clock that stands until it is moved, where a test says what holds shortly before an end. */
export class StandingClock extends MovableClock {
  private readonly standsMs = Date.now();
  override nowMs(): number {
    return this.standsMs + this.offsetMs;
  }
}

/** Ids without a lease. */
export function testIds(worker = 1): { next(): Snowflake } {
  return new SnowflakeGenerator(worker);
}
