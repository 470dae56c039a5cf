/** What browsers may show by themselves: formats without scripts. SVG and HTML are not among them. */
const SHOWN: Readonly<Record<string, string>> = {
  avif: 'image/avif',
  gif: 'image/gif',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
  mp4: 'video/mp4',
  webm: 'video/webm',
  flac: 'audio/flac',
  m4a: 'audio/mp4',
  mp3: 'audio/mpeg',
  ogg: 'audio/ogg',
  wav: 'audio/wav',
};

export interface FileHeaders {
  readonly type: string;
  readonly disposition: 'inline' | 'attachment';
}

/** How a file is sent, by the ending that our own key gave it. Everything unknown is bytes to be saved. */
export function headersFor(key: string): FileHeaders {
  const ending = /\.([a-z0-9]{1,5})$/.exec(key)?.[1] ?? '';
  const type = Object.hasOwn(SHOWN, ending) ? SHOWN[ending] : undefined;
  return type === undefined ? { type: 'application/octet-stream', disposition: 'attachment' } : { type, disposition: 'inline' };
}
