import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { renderVote, renderVoteNote } from '@trunkline/activitypub';
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  actorDocument,
  featuredDocument,
  followDocument,
  likeDocument,
  outboxDocument,
  peopleDocument,
  voteDocument,
  type CollectionQuery,
} from './actor-documents.js';
import { DocumentsAdapter } from './documents.adapter.js';
import { followersSyncDocument } from './followers-sync-document.js';
import { interactionRequestDocument, interactionStampDocument } from './interaction-documents.js';
import { quoteRequestDocument, stampDocument } from './quote-documents.js';
import { activityDocument, contextDocument, noteDocument, repliesDocument } from './status-documents.js';

/** Ids of people and of what they did: `/ap/users/<id>` and below. */
@Controller('ap/users/:accountId')
export class ActorController {
  constructor(private readonly documents: DocumentsAdapter) {}

  @Get()
  actor(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('accountId') id: string): Promise<void> {
    return this.documents.serve(request, reply, actorDocument(id));
  }

  @Get('outbox')
  outbox(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('accountId') id: string, @Query() query: CollectionQuery): Promise<void> {
    return this.documents.serve(request, reply, outboxDocument(id, query));
  }

  @Get('followers')
  followers(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('accountId') id: string, @Query() query: CollectionQuery): Promise<void> {
    return this.documents.serve(request, reply, peopleDocument(id, 'followers', query));
  }

  @Get('following')
  following(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('accountId') id: string, @Query() query: CollectionQuery): Promise<void> {
    return this.documents.serve(request, reply, peopleDocument(id, 'following', query));
  }

  @Get('collections/featured')
  featured(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('accountId') id: string): Promise<void> {
    return this.documents.serve(request, reply, featuredDocument(id));
  }

  @Get('follows/:tieId')
  follow(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param() { accountId, tieId }: Tie): Promise<void> {
    return this.documents.serve(request, reply, followDocument(accountId, tieId));
  }

  @Get('likes/:tieId')
  like(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param() { accountId, tieId }: Tie): Promise<void> {
    return this.documents.serve(request, reply, likeDocument(accountId, tieId));
  }

  @Get('quote_authorizations/:statusId')
  stamp(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param() { accountId, statusId }: Post): Promise<void> {
    return this.documents.serve(request, reply, stampDocument(accountId, statusId));
  }

  @Get('quote_requests/:statusId')
  quoteRequest(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param() { accountId, statusId }: Post): Promise<void> {
    return this.documents.serve(request, reply, quoteRequestDocument(accountId, statusId));
  }

  @Get('votes/:tieId')
  vote(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param() { accountId, tieId }: Tie): Promise<void> {
    return this.documents.serve(request, reply, voteDocument(accountId, tieId, renderVoteNote));
  }

  @Get('votes/:tieId/activity')
  voteActivity(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param() { accountId, tieId }: Tie): Promise<void> {
    return this.documents.serve(request, reply, voteDocument(accountId, tieId, renderVote));
  }

  @Get('like_authorizations/:tieId')
  likeStamp(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param() { accountId, tieId }: Tie): Promise<void> {
    return this.documents.serve(request, reply, interactionStampDocument('like', accountId, tieId));
  }

  @Get('reply_authorizations/:tieId')
  replyStamp(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param() { accountId, tieId }: Tie): Promise<void> {
    return this.documents.serve(request, reply, interactionStampDocument('reply', accountId, tieId));
  }

  @Get('announce_authorizations/:tieId')
  announceStamp(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param() { accountId, tieId }: Tie): Promise<void> {
    return this.documents.serve(request, reply, interactionStampDocument('announce', accountId, tieId));
  }

  @Get('like_requests/:tieId')
  likeRequest(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param() { accountId, tieId }: Tie): Promise<void> {
    return this.documents.serve(request, reply, interactionRequestDocument('like', accountId, tieId));
  }

  @Get('reply_requests/:tieId')
  replyRequest(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param() { accountId, tieId }: Tie): Promise<void> {
    return this.documents.serve(request, reply, interactionRequestDocument('reply', accountId, tieId));
  }

  @Get('announce_requests/:tieId')
  announceRequest(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param() { accountId, tieId }: Tie): Promise<void> {
    return this.documents.serve(request, reply, interactionRequestDocument('announce', accountId, tieId));
  }

  @Get('statuses/:statusId')
  note(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param() { accountId, statusId }: Post): Promise<void> {
    return this.documents.serve(request, reply, noteDocument(accountId, statusId));
  }

  @Get('statuses/:statusId/activity')
  activity(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param() { accountId, statusId }: Post): Promise<void> {
    return this.documents.serve(request, reply, activityDocument(accountId, statusId));
  }

  @Get('statuses/:statusId/replies')
  replies(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param() { accountId, statusId }: Post, @Query() query: CollectionQuery): Promise<void> {
    return this.documents.serve(request, reply, repliesDocument(accountId, statusId, query));
  }

  @Get('statuses/:statusId/context')
  context(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param() { accountId, statusId }: Post, @Query() query: CollectionQuery): Promise<void> {
    return this.documents.serve(request, reply, contextDocument(accountId, statusId, query));
  }

  /** Only for servers that prove who they are, each about its own people. */
  @Get('followers_synchronization')
  followersHere(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('accountId') id: string): Promise<void> {
    return this.documents.serve(request, reply, followersSyncDocument(id));
  }
}

interface Tie {
  readonly accountId: string;
  readonly tieId: string;
}
interface Post {
  readonly accountId: string;
  readonly statusId: string;
}
