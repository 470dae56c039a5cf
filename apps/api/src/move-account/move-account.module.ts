import { Module } from '@nestjs/common';
import { MoveAccountController } from './move-account.controller.js';

/** Moving to another server, and coming from one. */
@Module({ controllers: [MoveAccountController] })
export class MoveAccountModule {}
