import { describe, expect, test } from '@jest/globals';
import type { StatusSeen } from '../stage/seen.js';
import { lostOf } from './fidelity.js';

const PUBLIC = 'https://www.w3.org/ns/activitystreams#Public';
const note = {
  id: 'https://plum.example/notes/1',
  type: 'Note',
  name: 'Garden notes',
  content: '<p>First swallows &amp; two <b>blackbirds</b> :wing: <a href="https://plum.example/tags/birds">#birds</a></p>',
  summary: 'feathers',
  sensitive: true,
  published: '2024-05-01T10:00:00Z',
  to: [PUBLIC],
  attachment: [{ type: 'Image', url: [{ type: 'Link', href: 'https://plum.example/1.png' }] }, { type: 'PropertyValue', name: 'x' }],
  tag: [{ type: 'Hashtag', name: '#birds' }, { type: 'Hashtag', name: '#two words' }, { type: 'Emoji', name: ':wing:', icon: { url: 'https://plum.example/wing.png' } }],
  oneOf: [{ type: 'Note', name: 'robin' }, { type: 'Note', name: 'wren' }],
};
const shown = {
  visibility: 'public',
  content: '<p><strong>Garden notes</strong></p><p>First swallows &amp; two <strong>blackbirds</strong> :wing: #birds</p>',
  spoiler_text: 'feathers',
  sensitive: true,
  created_at: '2024-05-01T10:00:00.000Z',
  media_attachments: [{}],
  tags: [{}],
  emojis: [{}],
  poll: { options: [{ title: 'robin' }, { title: 'wren' }] },
} as unknown as StatusSeen;

describe('what a client does not see of a post', () => {
  test('of one that is shown whole is nothing', () => {
    expect(lostOf(note, shown)).toEqual([]);
  });

  test.each([
    ['content', '<p>Garden notes: First swallows</p>', 'the word "blackbirds"'],
    ['spoiler_text', '', 'the word "feathers"'],
    ['sensitive', false, 'that it is sensitive'],
    ['visibility', 'unlisted', 'that it is public'],
    ['created_at', '2024-05-02T10:00:00.000Z', 'its date'],
    ['media_attachments', [], '1 medium'],
    ['tags', [], '1 hashtag'],
    ['emojis', [], '1 emoji'],
    ['poll', null, 'its poll'],
  ])('is found when %s is lost', (member, value, lost) => {
    expect(lostOf(note, { ...shown, [member]: value })).toEqual([lost]);
  });

  test.each([
    ['<p>Fernstraßen<wbr />bau<wbr />privat</p>', '<p>Fernstraßenbauprivat</p>'],
    ['<p><font color="red">Hallo</font>ween</p>', '<p>Halloween</p>'],
    ['<p>gar&ccedil;onette and foot&shy;note</p>', '<p>garçonette and footnote</p>'],
    ['<p>cafe\u0301teria <!-- a > hidden --></p>', '<p>caf\u00E9teria</p>'],
    ['<p>a <i>titled</i> one</p><?php echo twice ?>', '<p>a &lt;i&gt;titled&lt;/i&gt; one</p>'],
  ])('of %s shown as %s is nothing', (content, seen) => {
    expect(lostOf({ ...note, name: undefined, summary: undefined, content }, { ...shown, content: seen })).toEqual([]);
  });

  test('is that it was not meant for everybody', () => {
    expect(lostOf({ ...note, to: ['https://plum.example/followers'] }, shown)).toEqual(['that it is not public']);
  });

  test('is no teaser that stands for the text of an article', () => {
    const article = { ...note, type: 'Article', summary: 'feathers', content: '<p>Long</p>', oneOf: undefined };
    expect(lostOf(article, { ...shown, content: '<p>Garden notes</p><p>feathers</p>', spoiler_text: '', poll: null })).toEqual([]);
  });
});
