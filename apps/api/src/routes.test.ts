import 'reflect-metadata';
import { describe, expect, test } from '@jest/globals';
import { RequestMethod } from '@nestjs/common';
import { ROUTES } from '@trunkline/mastodon-api';
import { ClientGuard } from '@trunkline/platform';
import { ApiModule } from './api.module.js';

// What Nest's decorators leave on classes and methods, read without starting anything.
const listed = (key: string, target: object): unknown[] => [(Reflect.getMetadata(key, target) as unknown) ?? []].flat(2);

interface Handler {
  readonly route: string;
  readonly path: string;
  readonly guarded: boolean;
}

function controllersOf(module: object): (new () => object)[] {
  const [own, imported] = [listed('controllers', module), listed('imports', module)];
  return [...(own as (new () => object)[]), ...imported.flatMap((each) => controllersOf(each as object))];
}

const joined = (prefix: string, path: string): string => `/${prefix}/${path}`.replace(/\/+/g, '/').replace(/(?<=.)\/$/, '');

function handlersOf(controller: new () => object): Handler[] {
  const guarded = listed('__guards__', controller).includes(ClientGuard);
  const methods = Object.getOwnPropertyNames(controller.prototype).filter((name) => name !== 'constructor');
  return methods.flatMap((name) => {
    const method = (controller.prototype as Record<string, unknown>)[name];
    const verb = typeof method === 'function' ? (Reflect.getMetadata('method', method) as RequestMethod | undefined) : undefined;
    if (typeof method !== 'function' || verb === undefined) return [];
    const paths = listed('path', controller).flatMap((prefix) => listed('path', method).map((path) => joined(String(prefix), String(path))));
    return paths.map((path) => ({ route: `${RequestMethod[verb]} ${path.replace(/:[^/]+/g, ':')}`, path, guarded }));
  });
}

const handlers = controllersOf(ApiModule).flatMap(handlersOf);
const table = ROUTES.filter((route) => route.app === 'api').map(({ method, path }) => `${method} ${path.replace(/:[^/]+/g, ':')}`);
const clientApi = handlers.filter(({ path }) => path.startsWith('/api/'));

describe('the route table and the handlers of this app', () => {
  test('every row of the table has a handler', () => {
    const known = new Set(handlers.map(({ route }) => route));
    expect(table.filter((route) => !known.has(route))).toEqual([]);
  });

  test('no handler stands outside the table, and none twice', () => {
    expect(clientApi.map(({ route }) => route).filter((route) => !table.includes(route))).toEqual([]);
    const routes = handlers.map(({ route }) => route);
    expect(routes.filter((route, at) => routes.indexOf(route) !== at)).toEqual([]);
  });

  test('every handler of the client API is behind the guard that reads the table', () => {
    expect(clientApi.filter(({ guarded }) => !guarded)).toEqual([]);
  });
});
