import { expect } from '@jest/globals';
import { entityFaults } from '@trunkline/mastodon-api';
import { withBackbone } from '@trunkline/platform';
import { ApiClient, startTestServer, type TestServer } from '@trunkline/testing';
import { ApiModule } from '../src/api.module.js';

/** This app alone over real stores: nothing is fanned out or delivered, so that a test sees what the app itself does. */
export const startApi = (env: Readonly<Record<string, string>> = {}, peers: readonly string[] = []): Promise<TestServer> =>
  startTestServer({ service: { name: 'api', module: ApiModule, ...withBackbone({ consumes: false }) }, env, peers });

export const nobody = (server: TestServer): ApiClient => new ApiClient(server.url, null);

export type Json = Record<string, unknown>;

/** @throws unless the value is a faultless entity of Mastodon's */
export function conforming<T extends Json = Json>(entity: string, json: unknown): T {
  expect(entityFaults(entity, json)).toEqual([]);
  return json as T;
}

export function allConforming<T extends Json = Json>(entity: string, list: unknown): T[] {
  expect(Array.isArray(list)).toBe(true);
  return (list as unknown[]).map((json) => conforming<T>(entity, json));
}

export const idsOf = (list: unknown): string[] => (list as { id: string }[]).map(({ id }) => id);

/** The address behind `rel` of a Link header, as path and query. */
export function linkOf(headers: Headers, rel: 'next' | 'prev'): string | null {
  const found = new RegExp(`<([^>]+)>; rel="${rel}"`).exec(headers.get('link') ?? '')?.[1];
  if (found === undefined) return null;
  const url = new URL(found);
  return url.pathname + url.search;
}
