import 'reflect-metadata';
import { SetMetadata } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Backbone } from '../backbone/backbone.js';
import type { Client } from './client.js';

/**
 * The first look of a handler into a store, begun while the guard still asks whether the token holds. It reads, and
 * leaves what it waits for in the request. `guess` is who the token was a moment ago: nothing of what is found may be
 * used before the guard has let the request pass.
 */
export type Beginning = (backbone: Backbone, request: FastifyRequest, guess: Client) => void;

const BEGINNING = 'trunkline:beginning';

export const BeginsWith = (begin: Beginning): MethodDecorator => SetMetadata(BEGINNING, begin);

export const beginningOf = (handler: object): Beginning | undefined => Reflect.getMetadata(BEGINNING, handler) as Beginning | undefined;
