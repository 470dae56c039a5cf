import { Controller, UseGuards } from '@nestjs/common';
import { AppError } from '@trunkline/kernel';
import { ClientGuard, PostOk } from '@trunkline/platform';

/** Uploads do not exist yet: apps get an answer that they can show. */
@Controller()
@UseGuards(ClientGuard)
export class UploadFileController {
  @PostOk(['/api/v1/media', '/api/v2/media'])
  upload(): never {
    throw new AppError(422, 'uploads_unavailable', 'Media uploads are not available yet on this server');
  }
}
