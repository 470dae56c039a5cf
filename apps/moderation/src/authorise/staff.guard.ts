import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { notAllowed } from '@trunkline/mastodon-api';
import { personOf } from '@trunkline/platform';
import type { FastifyRequest } from 'fastify';
import { isAtLeast, roleNeededFor, type Staff } from './staff.js';

/** After `ClientGuard`: lets staff pass whose role, as it is now, suffices for the route. */
@Injectable()
export class StaffGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (!isAtLeast(personOf(request).user.role, roleNeededFor(request.routeOptions.url ?? ''))) throw notAllowed();
    return true;
  }
}

/** Who decides in this request. */
export function staffOf(request: FastifyRequest): Staff {
  const { account, user } = personOf(request);
  return { account, role: user.role };
}
