import { describe, expect, test } from '@jest/globals';
import { AddressGuard } from './address-guard.js';

const strict = new AddressGuard({ httpHosts: [], allowedPrivateAddresses: [] });
const refusal = (guard: AddressGuard, url: string): string => {
  const checked = guard.checkUrl(url);
  return checked.ok ? 'ok' : checked.error.code;
};

describe('addresses', () => {
  // One address of every block of the IANA special-purpose registries, and of the tunnels that hide a v4 address.
  test.each(
    `0.0.0.0 0.1.2.3 10.1.2.3 100.64.0.1 100.127.255.254 127.0.0.1 127.9.9.9 169.254.169.254 172.16.0.1 172.31.255.255
     192.0.0.8 192.0.0.170 192.0.2.1 192.31.196.1 192.52.193.1 192.88.99.1 192.168.1.1 192.175.48.1 198.18.0.1
     198.19.255.255 198.51.100.7 203.0.113.9 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255
     :: ::1 ::7f00:1 ::127.0.0.1 ::ffff:127.0.0.1 ::ffff:a9fe:a9fe ::ffff:8.8.8.8 ::ffff:0:8.8.8.8 64:ff9b::7f00:1
     64:ff9b::808:808 64:ff9b:1::1 100::1 100:0:0:1::1 2001::1 2001:1::1 2001:2::1 2001:3::1 2001:4:112::1 2001:10::1
     2001:20::1 2001:30::1 2001:db8::1 2002:7f00:1::1 2620:4f:8000::1 3ffe::1 3fff::1 5f00::1 fc00::1 fd12:3456::1
     fe80::1 fe80::1%eth0 fec0::1 ff02::1 4000::1 localhost 1 127.1 0x7f000001`.split(/\s+/),
  )('%s is not dialled', (address) => {
    expect(strict.allowsAddress(address)).toBe(false);
  });

  test.each(['1.1.1.1', '8.8.8.8', '100.63.255.255', '172.32.0.1', '2606:4700::1111', '2a01:4f8::1'])('%s is', (address) => {
    expect(strict.allowsAddress(address)).toBe(true);
  });

  test('an allowed range opens that range only', () => {
    const guard = new AddressGuard({ httpHosts: [], allowedPrivateAddresses: ['10.1.0.0/16', 'fd00::5'] });
    expect(['10.1.2.3', '10.2.0.1', 'fd00::5', 'fd00::6', '::ffff:10.1.2.3', '127.0.0.1'].map((a) => guard.allowsAddress(a))).toEqual(
      [true, false, true, false, false, false],
    );
    expect(refusal(guard, 'https://10.1.2.3/')).toBe('ok');
    expect(refusal(guard, 'https://peer.internal/')).toBe('ok');
    expect(refusal(guard, 'https://hidden.onion/')).toBe('blocked_address');
  });

  test.each(['10.0.0.0/40', 'example.org', ''])('the range %p is refused at start', (range) => {
    expect(() => new AddressGuard({ httpHosts: [], allowedPrivateAddresses: [range] })).toThrow(TypeError);
  });
});

describe('URLs', () => {
  test.each([
    ['https://example.org/users/1', 'ok'],
    ['https://example.org:8443/', 'ok'],
    ['https://1.1.1.1/', 'ok'],
    ['http://example.org/', 'blocked_address'],
    ['ftp://example.org/', 'blocked_address'],
    ['data:application/json,{}', 'blocked_address'],
    ['javascript:alert(1)', 'blocked_address'],
    ['file:///etc/passwd', 'blocked_address'],
    ['https://example.org:22/', 'blocked_address'],
    ['https://example.org:6379/', 'blocked_address'],
    ['https://127.0.0.1/', 'blocked_address'],
    ['https://2130706433/', 'blocked_address'],
    ['https://0x7f.1/', 'blocked_address'],
    ['https://0177.0.0.1/', 'blocked_address'],
    ['https://①②⑦.0.0.1/', 'blocked_address'],
    ['https://[::1]/', 'blocked_address'],
    ['https://[::ffff:127.0.0.1]/', 'blocked_address'],
    ['https://localhost/', 'blocked_address'],
    ['https://LOCALHOST/', 'blocked_address'],
    ['https://a.localhost/', 'blocked_address'],
    ['https://redis/', 'blocked_address'],
    ['https://db.internal/', 'blocked_address'],
    ['https://printer.local/', 'blocked_address'],
    ['https://abc.onion/', 'blocked_address'],
    ['https://abc.i2p/', 'blocked_address'],
    ['https://example.org./', 'bad_url'],
    ['https://user:pass@example.org/', 'bad_url'],
    ['/users/1', 'bad_url'],
    ['', 'bad_url'],
  ])('%s: %s', (url, expected) => {
    expect(refusal(strict, url)).toBe(expected);
  });

  test('only the listed host:port is spoken to over plain http', () => {
    const guard = new AddressGuard({ httpHosts: ['localhost:3001', 'Peer.Test:80'], allowedPrivateAddresses: [] });
    expect(refusal(guard, 'http://localhost:3001/actor')).toBe('ok');
    expect(refusal(guard, 'http://peer.test/actor')).toBe('ok');
    expect(refusal(guard, 'http://localhost:3002/actor')).toBe('blocked_address');
    expect(refusal(guard, 'http://127.0.0.1:3001/actor')).toBe('blocked_address');
    expect(refusal(guard, 'https://localhost:3001/actor')).toBe('blocked_address');
  });

  test('a list of ports replaces the list of refused ones', () => {
    const guard = new AddressGuard({ httpHosts: [], allowedPrivateAddresses: [], allowedPorts: [443] });
    expect(refusal(guard, 'https://example.org/')).toBe('ok');
    expect(refusal(guard, 'https://example.org:8443/')).toBe('blocked_address');
  });

  test('nothing longer than 2048 characters is taken', () => {
    expect(refusal(strict, `https://example.org/${'a'.repeat(2_048)}`)).toBe('bad_url');
  });

  test('the fragment is cut off', () => {
    const checked = strict.checkUrl('https://example.org/actor#main-key');
    expect(checked.ok && checked.value.href).toBe('https://example.org/actor');
  });
});

describe('the lookup of a connection', () => {
  const look = (guard: AddressGuard, origin: string, all: boolean): Promise<unknown> =>
    new Promise((resolve) => {
      guard.lookupFor(new URL(origin))('peer.test', { all }, (error, address) => resolve(error ?? address));
    });

  test('hands on public addresses only', async () => {
    const guard = new AddressGuard({ httpHosts: [], allowedPrivateAddresses: [] }, async () => [
      { address: '10.0.0.1', family: 4 },
      { address: '1.1.1.1', family: 4 },
    ]);
    expect(await look(guard, 'https://peer.test', true)).toEqual([{ address: '1.1.1.1', family: 4 }]);
    expect(await look(guard, 'https://peer.test', false)).toBe('1.1.1.1');
  });

  test('fails when there is none, except for a development host', async () => {
    const guard = new AddressGuard({ httpHosts: ['peer.test:3001'], allowedPrivateAddresses: [] }, async () => [
      { address: '127.0.0.1', family: 4 },
    ]);
    expect(await look(guard, 'https://peer.test', true)).toMatchObject({ code: 'ERR_BLOCKED_ADDRESS' });
    expect(await look(guard, 'http://peer.test:3002', true)).toMatchObject({ code: 'ERR_BLOCKED_ADDRESS' });
    expect(await look(guard, 'http://peer.test:3001', false)).toBe('127.0.0.1');
  });
});
