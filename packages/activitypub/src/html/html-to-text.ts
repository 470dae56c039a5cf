import { sanitizeHtml } from './sanitize-html.js';

const UNESCAPED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"' };

/** The text of a stranger's HTML: paragraphs with an empty line between, breaks as newlines, links as their text. `tagsMax`: see `sanitizeHtml`. */
export function htmlToText(html: string, tagsMax?: number): string {
  return sanitizeHtml(html, tagsMax)
    .replace(/<br \/>/g, '\n')
    .replace(/<(?:p|blockquote|pre|ul|ol)[ >]/g, '\n\n$&')
    .replace(/<\/(?:p|blockquote|pre|ul|ol)>/g, '\n\n')
    .replace(/<\/li>/g, '\n')
    .replace(/<[^<>]*>/g, '')
    .replace(/&(amp|lt|gt|quot);/g, (_entity, name: string) => UNESCAPED[name] ?? '')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}
