import type { FastifyRequest } from 'fastify';

const CHARACTERS_MAX = 8_192;

/** One text field of a form, empty when it is missing, no text or beyond any field's length. */
export function bodyText(request: FastifyRequest, name: string): string {
  return textIn(request.body, name);
}

export const queryText = (request: FastifyRequest, name: string): string => textIn(request.query, name);

function textIn(place: unknown, name: string): string {
  const value = typeof place === 'object' && place !== null ? (place as Record<string, unknown>)[name] : undefined;
  return typeof value === 'string' && value.length <= CHARACTERS_MAX ? value : '';
}
