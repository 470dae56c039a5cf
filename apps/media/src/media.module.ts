import { Module } from '@nestjs/common';
import { SETTINGS } from '@trunkline/platform';
import { FILES } from './serve-file/files.js';
import { diskFiles } from './serve-file/files.adapter.js';
import { ServeFileController } from './serve-file/serve-file.controller.js';
import { UploadFileController } from './upload-file/upload-file.controller.js';

/** Files of this server: served here; uploads are refused with a clear answer for now. */
@Module({
  controllers: [ServeFileController, UploadFileController],
  providers: [{ provide: FILES, inject: [SETTINGS], useFactory: diskFiles }],
})
export class MediaModule {}
