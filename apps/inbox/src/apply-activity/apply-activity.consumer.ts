import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { ActivityReceivedV1, consumerName, type EventOf } from '@trunkline/contracts';
import { JetStreamContext } from '@trunkline/messaging';
import { ApplyActivityAdapter } from './apply-activity.adapter.js';

/** Bells of the receiving half. The rows say what is left to do: no done rows are needed. */
@Controller()
export class ApplyActivityConsumer {
  constructor(private readonly adapter: ApplyActivityAdapter) {}

  @EventPattern<string>(consumerName('inbox', 'apply', ActivityReceivedV1), { batch: true })
  async apply(@Payload() bells: EventOf<typeof ActivityReceivedV1>[], @Ctx() context: JetStreamContext): Promise<void> {
    await this.adapter.applier.apply(bells.flatMap((bell) => bell.inboundIds), context.signal);
  }
}
