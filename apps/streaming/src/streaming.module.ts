import { Module } from '@nestjs/common';
import { LiveFeed } from './live-feed/live-feed.adapter.js';
import { ServerSentEventsController } from './server-sent-events/server-sent-events.controller.js';
import { WebSocketGateway } from './web-socket/web-socket.gateway.js';

/** Open sockets of clients: live messages in, what each may see out. Writes nothing but a home feed that is missing. */
@Module({ controllers: [ServerSentEventsController], providers: [LiveFeed, WebSocketGateway] })
export class StreamingModule {}
