import { Controller, Get, UseGuards } from '@nestjs/common';
import { ClientGuard } from '@trunkline/platform';

/** What clients ask every server for and this one does not have yet: nobody's list has anything in it. */
@Controller('/api')
@UseGuards(ClientGuard)
export class EmptyListsController {
  @Get([
    'v1/filters',
    'v2/filters',
    'v1/conversations',
    'v1/followed_tags',
    'v1/announcements',
    'v1/trends',
    'v1/trends/tags',
    'v1/trends/statuses',
    'v1/trends/links',
    'v1/custom_emojis',
  ])
  none(): never[] {
    return [];
  }
}
