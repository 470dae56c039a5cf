import { Module } from '@nestjs/common';
import { ProbeDeadHostsAdapter } from './probe-dead-hosts.adapter.js';

/** Hosts that are taken for dead → asked now and then whether they are. */
@Module({ providers: [ProbeDeadHostsAdapter] })
export class ProbeDeadHostsModule {}
