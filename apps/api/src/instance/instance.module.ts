import { Module } from '@nestjs/common';
import { InstanceController } from './instance.controller.js';

/** The server's description of itself. */
@Module({ controllers: [InstanceController] })
export class InstanceModule {}
