import { describe, expect, test } from '@jest/globals';
import type { Account, PolicySnapshot } from '@trunkline/domain';
import { fail } from '@trunkline/kernel';
import type { Handle, SocialPorts } from '@trunkline/social';
import { meetMentioned, STRANGERS_MAX } from './meet-mentioned.js';

/** A server that knows bob@known.example and notes whom it asks other servers about. */
function portsThatNote(answer: () => Promise<unknown> = () => Promise.resolve(fail({ code: 'not_found' }))) {
  const asked: string[] = [];
  const ports = {
    settings: { baseUrl: 'https://home.example', localDomain: 'home.example', webDomain: 'www.home.example', federationHttpHosts: [] },
    policy: { current: () => ({ domainRules: [], allowedDomains: [], limitedFederation: false }) as unknown as PolicySnapshot },
    clock: { nowMs: () => 0 },
    store: {
      accountsByHandles: (handles: readonly Handle[]) =>
        Promise.resolve(handles.filter(({ domain }) => domain === 'known.example').map((handle) => ({ ...handle, deletedAt: null }) as unknown as Account)),
    },
    remote: {
      webfinger: ({ username, domain }: { username: string; domain: string }) => {
        asked.push(`${username}@${domain}`);
        return answer();
      },
    },
  } as unknown as SocialPorts;
  return { ports, asked };
}

describe('people whom a text names', () => {
  test('are looked up only when they live elsewhere and were never met', async () => {
    const { ports, asked } = portsThatNote();
    await meetMentioned(ports, 'hi @local @me@home.example @me@WWW.home.example @Bob@known.example @new@Far.example @new@far.example');
    expect(asked).toEqual(['new@far.example']);
  });

  test('are looked up five at a time: a text is no scanner', async () => {
    const { ports, asked } = portsThatNote();
    await meetMentioned(ports, Array.from({ length: 30 }, (_, at) => `@u${at}@far.example`).join(' '));
    expect(asked).toHaveLength(STRANGERS_MAX);
  });

  test('do not keep the author waiting, nor fail the post', async () => {
    const silent = portsThatNote(() => new Promise(() => undefined));
    await meetMentioned(silent.ports, '@slow@far.example', 5);
    expect(silent.asked).toEqual(['slow@far.example']);
    await meetMentioned(portsThatNote(() => Promise.reject(new Error('broken'))).ports, '@a@far.example');
  });
});
