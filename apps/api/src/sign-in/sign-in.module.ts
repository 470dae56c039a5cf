import { Module } from '@nestjs/common';
import { SignInController } from './sign-in.controller.js';

/** The sign-in and sign-out pages. */
@Module({ controllers: [SignInController] })
export class SignInModule {}
