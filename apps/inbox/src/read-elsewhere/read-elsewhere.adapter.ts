import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { FederationReads, inShare } from '@trunkline/persistence';
import { BACKBONE, type Backbone } from '@trunkline/platform';
import type { ReadPorts } from './ports.js';
import { ReadingWorker } from './reading-worker.js';
import { SyncWatch } from './sync-watch.js';

/** One worker a process for what is read in the background, and the watch over followers that differ. */
@Injectable()
export class ReadElsewhereAdapter implements OnApplicationBootstrap {
  readonly watch: SyncWatch;
  private readonly worker: ReadingWorker;

  constructor(@Inject(BACKBONE) private readonly backbone: Backbone) {
    const { db, ids, clock, policy, remote, settings, readings, parts } = backbone;
    const reads = new FederationReads(db);
    const read: ReadPorts = { store: backbone.store.ofRemotes(), ids, clock, policy, remote, settings, contextUriOf: (id) => reads.contextUri(id) };
    this.worker = new ReadingWorker({
      readings,
      read,
      onError: (reading, err) => parts.logger.warn({ event: 'reading_failed', kind: reading?.kind, subject: reading?.subjectId, err }, 'it is read again when its lease is over'),
    });
    const onError = (err: unknown): void => parts.logger.warn({ event: 'followers_not_compared', err }, 'followers are compared at the next delivery');
    this.watch = new SyncWatch({ read, ask: (reading) => readings.ask(reading), onError });
  }

  onApplicationBootstrap(): void {
    const { shutdown } = this.backbone.parts;
    shutdown.register('stop-consuming', 'readings', () => this.worker.stop());
    shutdown.register('finish', 'readings under way', () => this.worker.finished());
    shutdown.register('finish', 'comparing followers', () => this.watch.stop());
    inShare('jobs', () => this.worker.start());
  }
}
