import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { FederationHttp } from '../src/index.js';
import { clientFor } from './client-under-test.js';
import { ScriptedPeer } from './scripted-peer.js';

/** `social` serves the actors, `apex` is the domain of the handles. */
let social: ScriptedPeer;
let apex: ScriptedPeer;
let client: FederationHttp;

beforeEach(async () => {
  [social, apex] = await Promise.all([ScriptedPeer.start(), ScriptedPeer.start()]);
  client = clientFor([social, apex]);
});
afterEach(async () => {
  await client.close();
  await Promise.all([social.stop(), apex.stop()]);
});

const finger = (at: ScriptedPeer, subject: string, self: string, path = '/.well-known/webfinger'): ScriptedPeer =>
  at.json(path, { subject, links: [{ rel: 'self', type: 'application/activity+json', href: self }] }, 'application/jrd+json');
const actor = (extra: object = {}): object => ({ id: social.url('/users/1'), preferredUsername: 'alice', ...extra });
const codeOf = async (handle: string): Promise<string> => {
  const found = await client.resolveHandle(handle);
  return found.ok ? 'ok' : found.error.code;
};

describe('webfinger', () => {
  test('finds the actor of a handle with a port', async () => {
    finger(social, `acct:alice@${social.host}`, social.url('/users/1'));
    expect(await client.webfinger(`@Alice@${social.host}`)).toEqual({
      ok: true,
      value: { subject: `alice@${social.host}`, selfUri: social.url('/users/1'), subscribeTemplate: null },
    });
    expect(social.seen[0]?.url).toBe(`/.well-known/webfinger?resource=${encodeURIComponent(`acct:Alice@${social.host}`)}`);
  });

  test('a subject without a host is of the host that was asked (Hubzilla of 2018)', async () => {
    finger(social, 'acct:alice', social.url('/users/1'));
    expect(await client.webfinger(`alice@${social.host}`)).toMatchObject({ ok: true, value: { subject: `alice@${social.host}` } });
    expect(await client.webfinger(`mallory@${social.host}`)).toMatchObject({ ok: true, value: { subject: `alice@${social.host}` } });
  });

  test('asks host-meta when the usual path is missing', async () => {
    apex.on('/.well-known/host-meta', (response) => {
      const xml = `<XRD><Link rel="lrdd" template="${social.url('/wf')}?resource={uri}"/></XRD>`;
      response.writeHead(200, { 'content-type': 'application/xrd+xml' }).end(xml);
    });
    finger(social, `acct:alice@${apex.host}`, social.url('/users/1'), '/wf');
    expect(await client.webfinger(`alice@${apex.host}`)).toMatchObject({ ok: true, value: { subject: `alice@${apex.host}` } });
  });

  test('does not ask host-meta about somebody who is gone', async () => {
    apex.status('/.well-known/webfinger', 410);
    expect(await client.webfinger(`alice@${apex.host}`)).toMatchObject({ error: { code: 'gone' } });
    expect(apex.seen).toHaveLength(1);
  });

  test('refuses a redirect to a private address', async () => {
    apex.redirect('/.well-known/webfinger', 'http://127.0.0.1:5432/');
    expect(await client.webfinger(`alice@${apex.host}`)).toMatchObject({ error: { code: 'blocked_address' } });
  });

  test('follows a subject once, not twice', async () => {
    finger(social, `acct:alice@${apex.host}`, social.url('/users/1'));
    finger(apex, `acct:alice@${apex.host}`, social.url('/users/1'));
    expect(await client.webfinger(`alice@${social.host}`)).toMatchObject({ ok: true, value: { subject: `alice@${apex.host}` } });
    finger(apex, `acct:alice@third.test`, social.url('/users/1'));
    expect(await client.webfinger(`alice@${social.host}`)).toMatchObject({ error: { code: 'webfinger_mismatch' } });
  });

  test.each(['alice', 'alice@10.0.0.1', 'alice@localhost:1'])('%s is not asked', async (handle) => {
    const found = await client.webfinger(handle);
    expect(found.ok ? 'ok' : found.error.code).toMatch(/^(bad_url|blocked_address)$/);
  });
});

describe('resolveHandle', () => {
  test('one host: the handle and the actor name each other', async () => {
    finger(social, `acct:alice@${social.host}`, social.url('/users/1')).json('/users/1', actor());
    expect(await client.resolveHandle(`alice@${social.host}`)).toMatchObject({
      ok: true,
      value: { subject: `alice@${social.host}`, actorUri: social.url('/users/1'), actor: { preferredUsername: 'alice' } },
    });
    expect(social.seen).toHaveLength(2);
  });

  test('two hosts: the actor host confirms the handle of the other', async () => {
    finger(apex, `acct:alice@${apex.host}`, social.url('/users/1'));
    finger(social, `acct:alice@${apex.host}`, social.url('/users/1')).json('/users/1', actor());
    expect(await codeOf(`alice@${apex.host}`)).toBe('ok');
    expect(await client.resolveHandle(`alice@${social.host}`)).toMatchObject({ value: { subject: `alice@${apex.host}` } });
  });

  test('a stated handle (FEP-2c59) counts as a claim like any other', async () => {
    finger(apex, `acct:alice@${apex.host}`, social.url('/users/1'));
    social.json('/users/1', actor({ webfinger: `alice@${apex.host}` }));
    expect(await codeOf(`alice@${apex.host}`)).toBe('ok');
  });

  test('a handle that points at somebody who goes by another name is refused', async () => {
    finger(apex, `acct:alice@${apex.host}`, social.url('/users/1'));
    finger(social, `acct:alice@${social.host}`, social.url('/users/1')).json('/users/1', actor());
    expect(await codeOf(`alice@${apex.host}`)).toBe('webfinger_mismatch');
  });

  test('an actor whose claimed handle leads to another actor is refused', async () => {
    finger(apex, `acct:alice@${apex.host}`, social.url('/users/1'));
    finger(social, `acct:alice@${social.host}`, social.url('/users/2')).json('/users/1', actor());
    expect(await codeOf(`alice@${apex.host}`)).toBe('webfinger_mismatch');
  });

  test('an actor with another id than the self link is refused', async () => {
    finger(social, `acct:alice@${social.host}`, social.url('/@alice')).json('/@alice', actor()).json('/users/1', actor());
    expect(await codeOf(`alice@${social.host}`)).toBe('webfinger_mismatch');
  });

  test('an actor that says it lives elsewhere is refused', async () => {
    finger(apex, `acct:alice@${apex.host}`, apex.url('/a')).json('/a', actor());
    social.json('/users/1', actor());
    expect(await codeOf(`alice@${apex.host}`)).toBe('id_mismatch');
    expect(social.seen).toHaveLength(0);
  });
});
