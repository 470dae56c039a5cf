import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { countCharacters, countGraphemes, countStatusCharacters } from './count.js';
import { formatField, formatStatus, type FormatContext } from './format.js';
import { isHashtag, normaliseHashtag } from './hashtags.js';
import { hashtagsIn, mentionsIn } from './mentions.js';
import { parseText } from './tokens.js';

const portHosts = new Set(['localhost:3001']);
const marked = (text: string): string[] =>
  parseText(text, { portHosts })
    .filter((token) => token.kind !== 'text')
    .map((token) => `${token.kind}:${token.text}`);

describe('parseText', () => {
  test.each([
    ['hello @alice!', ['mention:@alice']],
    ['(@alice_b.c-d.) ', ['mention:@alice_b.c-d']],
    ['@alice@example.com.', ['mention:@alice@example.com']],
    ['@alice@münchen.example', ['mention:@alice@münchen.example']],
    ['@alice@localhost:3001 hi', ['mention:@alice@localhost:3001']],
    ['@alice@localhost:3002 hi', ['mention:@alice@localhost']],
    ['@alice@localhost:30011', ['mention:@alice@localhost']],
    ['mail a@example.com, x=@bob, https://x.example/@bob', ['url:https://x.example/@bob']],
    ['@@bob @ @-bob', ['mention:@bob']],
    ['@alice@ @bob@@', ['mention:@alice', 'mention:@bob']],
  ])('mentions in %p', (text, expected) => {
    expect(marked(text)).toEqual(expected);
  });

  test.each([
    ['#Caturday, #büro #日本語 ＃全角', ['hashtag:#Caturday', 'hashtag:#büro', 'hashtag:#日本語', 'hashtag:＃全角']],
    ['#42 #4chan #a_b #_ #c++', ['hashtag:#4chan', 'hashtag:#a_b', 'hashtag:#c']],
    ['#ゆる・キャン・ #one·two· #می\u200Cخواهم\u200C', ['hashtag:#ゆる・キャン', 'hashtag:#one·two', 'hashtag:#می\u200Cخواهم']],
    ['a#b /#b =#b )#b ##b', ['hashtag:#b']],
    ['## # #・', []],
  ])('hashtags in %p', (text, expected) => {
    expect(marked(text)).toEqual(expected);
  });

  test.each([
    ['see https://example.com/a_(b)?q=1#frag. Yes', ['url:https://example.com/a_(b)?q=1#frag']],
    ['(https://example.com/x)', ['url:https://example.com/x']],
    ['HTTPS://Example.COM', ['url:HTTPS://Example.COM']],
    ['https://münchen.example/ä、次', ['url:https://münchen.example/ä']],
    ['http://localhost:3001/@a http://localhost:9/ http://intranet/ http://1.2.3.4/', ['url:http://localhost:3001/@a']],
    ['example.com ftp://example.com javascript:alert(1) xhttps://a.example', []],
    ['https://user:pass@example.com/', []],
    ['https://example.com/"onmouseover="x', ['url:https://example.com/']],
    ['https:// https://. https://-', []],
  ])('links in %p', (text, expected) => {
    expect(marked(text)).toEqual(expected);
  });

  test('tokens joined are the text, whatever it is', () => {
    const pieces = fc.constantFrom('@', '#', 'a', '.', '-', 'https://', 'x.example', '/', ' ', '\n', '・', 'é', '👩‍👩‍👧', ':', '<');
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 40 }), (parts) => {
        const text = parts.join('');
        expect(parseText(text, { portHosts }).map((token) => token.text).join('')).toBe(text);
      }),
    );
  });

  test.each(['@', '@a.-', '#a', '#・', 'http://', 'https://a.b/(', '@a@a.-', '＃・', 'https://a.example/).'])(
    'a hundred thousand repetitions of %p cost no more than linear time',
    (piece) => {
      const text = (piece === '@a.-' ? 'a.-' : piece).repeat(100_000);
      const before = process.cpuUsage();
      parseText(piece === '@a.-' ? `@${text}` : text);
      // Processor time, since other work must not decide. A quadratic scan takes minutes: this tells the two apart.
      expect(process.cpuUsage(before).user).toBeLessThan(10_000_000);
    },
  );
});

describe('countCharacters', () => {
  test.each([
    ['', 0],
    ['hello', 5],
    ['a\r\nb', 3],
    ['👩‍👩‍👧‍👦é', 2],
    [`https://example.com/${'x'.repeat(200)}`, 23],
    ['https://a.example', 23],
    ['@alice@very-long-host.example hi', 9],
    ['@alice@localhost:3001', 6],
  ])('%p counts %i', (text, expected) => {
    expect(countCharacters(text, { portHosts })).toBe(expected);
  });

  test('the content warning counts too', () => {
    expect(countStatusCharacters('cw', 'hello')).toBe(7);
  });
});

describe('formatStatus', () => {
  const context: FormatContext = {
    baseUrl: 'https://home.example',
    mentions: new Map([
      ['alice', { username: 'alice', domain: null, url: 'https://home.example/@alice' }],
      ['bob@far.example', { username: 'Bob', domain: 'far.example', url: 'https://far.example/@Bob' }],
      ['eve', { username: 'eve', domain: null, url: 'javascript:alert(1)' }],
    ]),
  };

  test('paragraphs, breaks and escaping', () => {
    expect(formatStatus(' a < b\r\n& "c"\n\n\n<script>\u0000\n', context)).toBe('<p>a &lt; b<br />&amp; &quot;c&quot;</p><p>&lt;script&gt;</p>');
    expect(formatStatus(' \n ', context)).toBe('');
    expect(formatStatus('**no** [markdown](x)', context)).toBe('<p>**no** [markdown](x)</p>');
  });

  test('a mention links to the profile, an unknown or unsafe one stays text', () => {
    expect(formatStatus('@Alice @bob@far.example @who @eve', context)).toBe(
      '<p><span class="h-card" translate="no"><a href="https://home.example/@alice" class="u-url mention">@<span>alice</span></a></span> ' +
        '<span class="h-card" translate="no"><a href="https://far.example/@Bob" class="u-url mention">@<span>Bob</span></a></span> @who @eve</p>',
    );
  });

  test('two people of one name are told apart', () => {
    const mentions = new Map(context.mentions).set('bob', { username: 'bob', domain: null, url: 'https://home.example/@bob' });
    expect(formatStatus('@bob@far.example', { ...context, mentions })).toContain('@<span>Bob@far.example</span>');
  });

  test('a hashtag links to its page', () => {
    expect(formatStatus('#Büro', context)).toBe(
      '<p><a href="https://home.example/tags/B%C3%BCro" class="mention hashtag" rel="tag">#<span>Büro</span></a></p>',
    );
  });

  test('a link hides its scheme and its tail', () => {
    expect(formatStatus('https://www.example.com/a/rather/long/path?q=1&r=2', context)).toBe(
      '<p><a href="https://www.example.com/a/rather/long/path?q=1&amp;r=2" target="_blank" rel="nofollow noopener" translate="no">' +
        '<span class="invisible">https://www.</span><span class="ellipsis">example.com/a/rather/long/path</span>' +
        '<span class="invisible">?q=1&amp;r=2</span></a></p>',
    );
  });

  test('a field is one line, its links say that they are me', () => {
    expect(formatField('https://a.example\nx', context)).toBe(
      '<a href="https://a.example" target="_blank" rel="nofollow noopener me" translate="no"><span class="invisible">https://</span>' +
        '<span class="">a.example</span><span class="invisible"></span></a> x',
    );
  });

  test('no tag comes out of any input but those we write', () => {
    const nasty = fc.constantFrom('<', '>', '"', "'", '&', '@alice', '#x', 'https://a.example/', ' onload=', '\n', '&lt;', 'javascript:');
    fc.assert(
      fc.property(fc.array(nasty, { maxLength: 30 }), (parts) => {
        const html = formatStatus(parts.join(''), context);
        const rest = html.replace(/<(\/?(p|span|a)|br \/|span class="[a-z-]*"( translate="no")?|a href="[^"<>']*"( (target|rel|class|translate)="[a-z_ -]*")*)>/g, '');
        expect(rest).not.toMatch(/[<>"']/);
      }),
    );
  });
});

test('mentions and hashtags of a text are distinct and keep their first spelling', () => {
  const tokens = parseText('@Bob @bob #Cat #cat #ＣＡＴ @bob@far.example');
  expect(mentionsIn(tokens).map((mention) => mention.key)).toEqual(['bob', 'bob@far.example']);
  expect(hashtagsIn(tokens)).toEqual(['Cat']);
});

test.each([
  ['#ＣＡＴ', 'cat'],
  ['Ünï_1', 'ünï_1'],
  ['ﾊﾟ･b', 'パ・b'],
  ['a b!', 'ab'],
])('normaliseHashtag(%p)', (name, expected) => {
  expect(normaliseHashtag(name)).toBe(expected);
});

test('isHashtag wants the whole name', () => {
  expect([isHashtag('cat'), isHashtag('cat!'), isHashtag('42'), isHashtag('')]).toEqual([true, false, false, false]);
});

test('S085 what is longer than any text is not counted to its end, and keeps no more tokens than that', () => {
  expect([countGraphemes('x'.repeat(1_000_000)), countGraphemes('é'.repeat(300_000)), countGraphemes('\r\n'.repeat(500_000))]).toEqual([10_000, 10_000, 10_000]);
  for (const piece of ['@a ', '#a ', '# ', 'http://', 'http://a.b ']) {
    const text = piece.repeat(50_000);
    const tokens = parseText(text);
    expect(tokens.length).toBeLessThanOrEqual(4_001);
    expect(tokens.map((token) => token.text).join('') === text).toBe(true);
    expect(countCharacters(text)).toBeGreaterThan(2_000);
  }
});
