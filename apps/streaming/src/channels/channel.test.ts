import { describe, expect, test } from '@jest/globals';
import { channelKey, channelOf } from './channel.js';

describe('channelOf', () => {
  test.each([
    ['user', 'user', 'read:statuses', 'all', false],
    ['user:notification', 'notifications', 'read:notifications', 'all', false],
    ['public', 'public', 'read:statuses', 'all', false],
    ['public:local', 'public', 'read:statuses', 'local', false],
    ['public:remote:media', 'public', 'read:statuses', 'remote', true],
    ['direct', 'nothing', 'read:statuses', 'all', false],
  ])('%s', (stream, source, scope, from, onlyMedia) => {
    const channel = channelOf({ stream });
    expect(channel).toMatchObject({ ok: true, value: { name: [stream], source, scope, from, onlyMedia, tag: null } });
  });

  test('a tag is one tag however it is written; messages name it as the client wrote it', () => {
    const keys = ['Cats', '#CATS'].map((tag) => {
      const channel = channelOf({ stream: 'hashtag:local', tag });
      expect(channel).toMatchObject({ ok: true, value: { name: ['hashtag:local', tag], tag: 'cats', from: 'local' } });
      return channel.ok && channelKey(channel.value);
    });
    expect(new Set(keys).size).toBe(1);
  });

  test.each([
    ['a stream that does not exist', { stream: 'everything' }, 'unknown_channel'],
    ['a name of every object', { stream: 'constructor' }, 'unknown_channel'],
    ['no tag', { stream: 'hashtag' }, 'tag_missing'],
    ['something that is no tag', { stream: 'hashtag', tag: 'a b' }, 'tag_missing'],
    ['a tag that is no text', { stream: 'hashtag', tag: ['a'] }, 'tag_missing'],
    ['no list', { stream: 'list' }, 'list_missing'],
  ])('refuses %s', (_what, request, code) => {
    expect(channelOf(request)).toMatchObject({ ok: false, error: { code } });
  });
});
