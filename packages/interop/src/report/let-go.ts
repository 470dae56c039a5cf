import type { TestServer } from '@trunkline/testing';
import type { TlsDoor } from '../world/tls-door.js';

/** What the peer sent that had no effect here, and what it asked that was refused: where to look when a step was missed. */
export async function letGo(server: TestServer, door: TlsDoor): Promise<string> {
  const rows = await server.backbone.db.query<{ activity_type: string; state: string; reason: string | null; count: number }>(
    `SELECT activity_type, state, reason, count(*)::int AS count FROM federation.inbound
      WHERE state <> 'applied' GROUP BY activity_type, state, reason ORDER BY count DESC LIMIT 50`,
  );
  const refused = new Map<string, number>();
  for (const { method, path, status } of door.passages.filter((passage) => passage.status >= 400)) {
    const what = `${method} ${path.replace(/\?.*$/, '').replaceAll(/\d{6,}/g, '<id>')} ${status}`;
    refused.set(what, (refused.get(what) ?? 0) + 1);
  }
  return [
    ...(rows.length === 0 ? [] : ['', 'Came and had no effect here:']),
    ...rows.map(({ activity_type: type, state, reason, count }) => `  ${count} × ${type}: ${state}${reason === null ? '' : `, ${reason}`}`),
    ...(refused.size === 0 ? [] : ['', 'Asked of us and refused:']),
    ...[...refused].map(([what, count]) => `  ${count} × ${what}`),
  ].join('\n');
}

/** Everything that came from the peer, as it came, one JSON a line. */
export async function allThatCame(server: TestServer): Promise<string> {
  const rows = await server.backbone.db.query<{ state: string; reason: string | null; body: string }>(
    'SELECT state, reason, body FROM federation.inbound ORDER BY id LIMIT 1000',
  );
  return rows.map(({ state, reason, body }) => `${state}${reason === null ? '' : ` (${reason})`}\t${body}\n`).join('');
}
