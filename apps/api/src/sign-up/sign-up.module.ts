import { Module } from '@nestjs/common';
import { ConfirmationController } from './confirmation.controller.js';
import { RegisterController } from './register.controller.js';
import { SignUpAdapter } from './sign-up.adapter.js';
import { SignUpController } from './sign-up.controller.js';

/** Joining, by page and by app, and confirming the address. */
@Module({ controllers: [SignUpController, ConfirmationController, RegisterController], providers: [SignUpAdapter] })
export class SignUpModule {}
