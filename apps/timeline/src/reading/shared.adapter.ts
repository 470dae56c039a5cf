import { Inject, Injectable } from '@nestjs/common';
import { DoneMarks } from '@trunkline/persistence';
import { BACKBONE, type Backbone } from '@trunkline/platform';
import { FreshPosts } from './fresh-posts.js';

/** What the consumers of this process have in common: what they read, and what they note as done, together. */
@Injectable()
export class Shared {
  readonly posts: FreshPosts;
  readonly marks: DoneMarks;

  constructor(@Inject(BACKBONE) backbone: Backbone) {
    this.posts = new FreshPosts(backbone);
    this.marks = new DoneMarks(backbone.db);
  }
}
