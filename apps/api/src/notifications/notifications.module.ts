import { Module } from '@nestjs/common';
import { MarkersController } from './markers.controller.js';
import { NotificationsController } from './notifications.controller.js';

/** Notifications, and how far they and the home timeline were read. */
@Module({ controllers: [NotificationsController, MarkersController] })
export class NotificationsModule {}
