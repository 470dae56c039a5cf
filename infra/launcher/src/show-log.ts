import { createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

const levelNames: Readonly<Record<number, string>> = { 30: 'info', 40: 'warn', 50: 'error', 60: 'fatal' };
const fieldCharactersMax = 400;

/**
 * Writes a service's output to its log file, and its messages in short form to the terminal.
 * @param label stands before each line, e.g. `api-1`; empty for none
 */
export function showLog(output: Readable, logPath: string, label: string): void {
  const file = createWriteStream(logPath, { flags: 'a' });
  const lines = createInterface({ input: output });
  lines.on('line', (line) => {
    file.write(`${line}\n`);
    const short = shorten(line);
    if (short) console.log(label ? `${label.padEnd(14)}${short}` : short);
  });
  lines.on('close', () => file.end());
}

/** A JSON log line as a person reads it; undefined for those below info. Other text is shown as it is. */
export function shorten(line: string): string | undefined {
  const entry = parse(line);
  if (!entry) return line;
  const { level, msg, time: _time, pid: _pid, hostname: _hostname, service: _service, trace_id: _trace, span_id: _span, ...rest } = entry;
  const severity = typeof level === 'number' ? level : Number(Object.entries(levelNames).find(([, name]) => name === level)?.[0] ?? 30);
  if (severity < 30) return undefined;
  if (rest.event === 'http_request') return `${levelNames[severity] ?? 'info'} ${rest.method} ${rest.route} ${rest.status} (${rest.duration_ms} ms)`;
  const fields = Object.keys(rest).length > 0 ? ` ${JSON.stringify(rest).slice(0, fieldCharactersMax)}` : '';
  return `${levelNames[severity] ?? 'info'} ${String(msg ?? '')}${fields}`;
}

function parse(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
