import { describe, expect, test } from '@jest/globals';
import { channelFor, readClientMessage } from './subscribe-request.js';

describe('channelFor', () => {
  // `read` includes both; each narrow scope opens only its own channels.
  test.each([
    ['user', ['read'], true],
    ['user', ['read:statuses'], true],
    ['user', ['read:notifications'], false],
    ['user:notification', ['read:notifications'], true],
    ['user:notification', ['read:statuses'], false],
    ['public', ['write'], false],
  ])('%s with %j', (stream, scopes, allowed) => {
    const ask = (): unknown => channelFor({ stream }, scopes);
    if (allowed) expect(ask()).toMatchObject({ name: [stream] });
    else expect(ask).toThrow(expect.objectContaining({ status: 403 }));
  });

  test('an unknown channel is the client’s mistake', () => {
    expect(() => channelFor({ stream: 'nope' }, ['read'])).toThrow(expect.objectContaining({ status: 400, safe: 'Unknown channel type' }));
  });
});

describe('readClientMessage', () => {
  test('takes what it knows and nothing else', () => {
    expect(readClientMessage('{"type":"subscribe","stream":"hashtag","tag":"a","evil":1}')).toEqual({
      type: 'subscribe',
      stream: 'hashtag',
      tag: 'a',
      list: undefined,
    });
  });

  test.each(['', 'hello', 'null', '[]', '{"type":"subscribe"}', '{"type":"kill","stream":"user"}', '{"type":"subscribe","stream":5}'])('refuses %j', (text) => {
    expect(() => readClientMessage(text)).toThrow(expect.objectContaining({ status: 400 }));
  });
});
