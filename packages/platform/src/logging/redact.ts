const REDACTED = '[redacted]';
const DEPTH_MAX = 8;
const KEYS_MAX = 64;
const ITEMS_MAX = 32;
const TEXT_CHARS_MAX = 4_096;
const CAUSES_MAX = 4;

/** Names whose value is never logged, wherever they stand; compared in lower case without - and _. */
const SECRET_NAMES = new Set(['body', 'rawbody', 'payload', 'code', 'otp', 'csrf', 'rawheaders', 'signatureinput', 'codeverifier', 'content', 'auth']);
const SECRET_ENDINGS = /(password|passwd|passphrase|secret|token|tokens|authorization|cookie|cookies|email|emails|signature|privatekey|privatekeypem|secretkeys|secretkey|apikey|keybase64)$/;

/** Texts that give a secret away wherever they stand. Every repetition is bounded, so a line takes linear time. */
const SECRET_TEXTS: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[^-]{0,20000}(-----END [A-Z ]{0,30}PRIVATE KEY-----)?/g, REDACTED],
  [/\b(Bearer|Basic)\s{1,4}[A-Za-z0-9._~+/=-]{4,4096}/gi, `$1 ${REDACTED}`],
  [/\b((?:access_token|refresh_token|token|code|client_secret|password|secret|confirmation_token|reset_password_token|email)=)[^&\s"'\\<>]{1,4096}/gi, `$1${REDACTED}`],
  [/(\bsignature\s{0,2}=\s{0,2}\\{0,3}")[^"\\]{1,4096}/gi, `$1${REDACTED}`],
  [/([a-z][a-z0-9+]{1,20}:\/\/)[^/\s@"'\\]{1,512}@/gi, `$1${REDACTED}@`],
  // Not a handle (@alice@host) and not an acct: address, which are public names.
  [/(?<![@\w.%+-]|acct:)[\w.%+-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,8}\b/gi, REDACTED],
];

/** A link that is logged as it is, with the token in it: for development without SMTP, and nothing else. */
export class ShownLink {
  constructor(readonly href: string) {}
}

/** Takes secrets out of a text: bearer tokens, tokens in URLs, passwords in URLs, signatures, private keys, e-mail addresses. */
export function redactText(text: string): string {
  return SECRET_TEXTS.reduce((line, [pattern, instead]) => line.replace(pattern, instead), text);
}

/** Whether a value under this name must not be logged. */
function isSecretName(name: string): boolean {
  const plain = name.toLowerCase().replace(/[-_]/g, '');
  return SECRET_NAMES.has(plain) || SECRET_ENDINGS.test(plain);
}

/** A copy that may be logged: secrets by name are gone at any depth, and size and depth are bounded. */
export function redactFields(fields: object): Record<string, unknown> {
  return copyObject(fields, 0, new Set());
}

function copy(value: unknown, depth: number, above: Set<object>): unknown {
  if (typeof value === 'string') return redactText(value.length > TEXT_CHARS_MAX ? `${value.slice(0, TEXT_CHARS_MAX)}…` : value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'function' || typeof value === 'symbol') return undefined;
  if (typeof value !== 'object' || value === null) return value;
  if (above.has(value)) return '[circular]';
  if (depth >= DEPTH_MAX) return '[deep]';
  return copyStructure(value, depth, above);
}

function copyStructure(value: object, depth: number, above: Set<object>): unknown {
  if (value instanceof Error) return describeError(value, depth, above);
  if (value instanceof ShownLink) return value.href;
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof URL) return redactText(value.href);
  above.add(value);
  const result = Array.isArray(value)
    ? value.slice(0, ITEMS_MAX).map((item) => copy(item, depth + 1, above))
    : value instanceof Set
      ? [...value].slice(0, ITEMS_MAX).map((item) => copy(item, depth + 1, above))
      : copyObject(value instanceof Map ? Object.fromEntries([...value].map(([key, item]) => [String(key), item])) : value, depth, above);
  above.delete(value);
  return result;
}

function copyObject(value: object, depth: number, above: Set<object>): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [name, item] of Object.entries(value).slice(0, KEYS_MAX)) {
    result[name] = isSecretName(name) && item !== null && item !== undefined ? REDACTED : copy(item, depth + 1, above);
  }
  return result;
}

/** An error as fields. Its code goes under another name, since `code` alone may be an OAuth code. */
function describeError(error: Error, depth: number, above: Set<object>): Record<string, unknown> {
  const causes = [...above].filter((outer) => outer instanceof Error).length;
  const own = error as Error & { code?: unknown; cause?: unknown; extra?: { context?: unknown; cause?: unknown } };
  above.add(error);
  const fields = {
    type: error.name,
    message: copy(error.message, depth, above),
    ...(typeof own.code === 'string' || typeof own.code === 'number' ? { error_code: own.code } : {}),
    stack: copy(error.stack, depth, above),
    ...(own.extra?.context === undefined ? {} : { context: copy(own.extra.context, depth + 1, above) }),
    ...(own.cause === undefined || causes >= CAUSES_MAX ? {} : { cause: copy(own.cause, depth + 1, above) }),
  };
  above.delete(error);
  return fields;
}
