import { Module } from '@nestjs/common';
import { ActorController } from './actor.controller.js';
import { DiscoveryController } from './discovery.controller.js';
import { DocumentsAdapter } from './documents.adapter.js';
import { InstanceActorController } from './instance-actor.controller.js';
import { NodeInfoController } from './nodeinfo.controller.js';

/** Ids, collections and discovery: everything that other servers read. It writes nothing but keys. */
@Module({
  controllers: [ActorController, InstanceActorController, DiscoveryController, NodeInfoController],
  providers: [DocumentsAdapter],
})
export class DocumentsModule {}
