import { BaseRpcContext } from '@nestjs/microservices';

export interface DeliveryFacts {
  readonly eventId: string;
  readonly redelivered: boolean;
  /** 1 for the first time. */
  readonly deliveryCount: number;
  readonly traceparent: string | undefined;
}

/** What a handler gets by `@Ctx()`. */
export class JetStreamContext extends BaseRpcContext<[string, readonly DeliveryFacts[], AbortSignal]> {
  /** The durable's name: the group of the done rows. */
  get consumer(): string {
    return this.args[0];
  }

  /** One entry per event, in the order of the payload. */
  get deliveries(): readonly DeliveryFacts[] {
    return this.args[1];
  }

  /** Aborted when the handler's time is over: what it does from then on counts as failed. */
  get signal(): AbortSignal {
    return this.args[2];
  }
}
