const PREFIX = /^[a-z0-9][a-z0-9_-]{0,31}$/;
const TOKEN = /^[A-Za-z0-9_-]{1,64}$/;
/** `live.user.<id>`: with one more, an id brought a dot along. */
const TOKENS_MAX = 3;

/**
 * Names on a broker that several installations share. Subjects stand below `<prefix>.`, streams are
 * `<PREFIX>_<NAME>`; consumers need no prefix, since a consumer belongs to its stream.
 */
export class Names {
  constructor(readonly prefix: string) {
    if (!PREFIX.test(prefix)) throw new TypeError('subject prefix: lower-case letters, digits, _ and -, at most 32');
  }

  stream(name: string): string {
    return `${this.prefix.toUpperCase()}_${name}`;
  }

  subject(subject: string): string {
    return `${this.prefix}.${subject}`;
  }

  /** The subject below the prefix, as contracts name it. */
  withoutPrefix(subject: string): string {
    return subject.slice(this.prefix.length + 1);
  }

  /**
   * A live subject to publish on, built partly from ids.
   * @throws TypeError when a token holds anything but letters, digits, `_` and `-`: no id may widen a subject.
   */
  exactSubject(subject: string): string {
    return this.checked(subject, () => false);
  }

  /** Like `exactSubject`, for subscribers: a token may be `*`, and the last one `>`. @throws TypeError */
  subjectPattern(pattern: string): string {
    return this.checked(pattern, (token, last) => token === '*' || (last && token === '>'));
  }

  private checked(subject: string, wildcard: (token: string, last: boolean) => boolean): string {
    const tokens = subject.split('.');
    const good = tokens.every((token, i) => TOKEN.test(token) || wildcard(token, i === tokens.length - 1));
    if (!good || tokens.length > TOKENS_MAX) throw new TypeError(`bad subject ${JSON.stringify(subject.slice(0, 80))}`);
    return this.subject(subject);
  }
}
