import { Inject, Injectable } from '@nestjs/common';
import type { User } from '@trunkline/domain';
import { BACKBONE, MAILER, type Backbone, type Mailer } from '@trunkline/platform';
import { sendConfirmation } from './confirmation-mail.js';
import type { ConfirmPorts, ResendPorts } from './confirm-address.js';
import type { RegisterPorts } from './register-person.js';

/** The ports of signing up and confirming, over the backbone and the mailer. */
@Injectable()
export class SignUpAdapter {
  readonly ports: RegisterPorts & ConfirmPorts & ResendPorts;

  constructor(@Inject(BACKBONE) backbone: Backbone, @Inject(MAILER) mailer: Mailer) {
    const { users, ids, clock, policy, settings } = backbone;
    const mailing = { mailer, logger: backbone.parts.logger, settings };
    this.ports = {
      users,
      ids,
      clock,
      policy,
      settings,
      sendConfirmation: (user: Pick<User, 'email'>, token: string) => sendConfirmation(mailing, user, token),
    };
  }
}
