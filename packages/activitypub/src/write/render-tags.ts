import type { JsonObject } from '../json.js';
import { isoSeconds } from './context.js';
import type { LocalAttachment, LocalEmoji, LocalImage, LocalTagLink } from './types.js';

export interface TagSource {
  readonly mentions: readonly LocalTagLink[];
  readonly hashtags: readonly LocalTagLink[];
  readonly emojis: readonly LocalEmoji[];
}

/** Always a list, also of one or none: Pixelfed refuses a single object. */
export const renderTags = ({ mentions, hashtags, emojis }: TagSource): readonly JsonObject[] => [
  ...mentions.map((link) => ({ type: 'Mention', href: link.href, name: link.name })),
  ...hashtags.map((link) => ({ type: 'Hashtag', href: link.href, name: link.name })),
  ...emojis.map((emoji) => ({
    id: emoji.uri,
    type: 'Emoji',
    name: `:${emoji.shortcode}:`,
    updated: isoSeconds(emoji.updatedAt),
    icon: { type: 'Image', mediaType: emoji.mediaType, url: emoji.url },
  })),
];

export const renderImage = (image: LocalImage): JsonObject => ({
  type: 'Image',
  mediaType: image.mediaType,
  url: image.url,
  ...(image.description ? { summary: image.description } : {}),
});

/** The alternative text stands in `name`, where every server reads it. */
export const renderAttachment = (file: LocalAttachment): JsonObject => ({
  type: 'Document',
  mediaType: file.mediaType,
  url: file.url,
  name: file.description || null,
  ...(file.focus ? { focalPoint: [...file.focus] } : {}),
  ...(file.blurhash ? { blurhash: file.blurhash } : {}),
  ...(file.width && file.height ? { width: file.width, height: file.height } : {}),
  ...(file.previewUrl ? { icon: { type: 'Image', url: file.previewUrl } } : {}),
});
