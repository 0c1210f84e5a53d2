/** Turns a child's log line into one that people read: `12:30:05 server    warn  A job failed  job=send attempt=2`. */

export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace';
export type ReadableLine = { level: LogLevel; text: string };

const SEVERITY: Record<LogLevel, number> = { fatal: 60, error: 50, warn: 40, info: 30, debug: 20, trace: 10 };

export function atLeast(level: LogLevel, threshold: LogLevel): boolean {
  return SEVERITY[level] >= SEVERITY[threshold];
}

/** Reads JSON lines (pino), PostgreSQL's lines and plain text. */
export function readLine(line: string): ReadableLine {
  if (line.startsWith('{')) {
    const parsed = parseJson(line);
    if (parsed !== null) return fromJson(parsed);
  }
  const postgres =
    /^(DEBUG\d?|LOG|INFO|NOTICE|WARNING|ERROR|FATAL|PANIC|DETAIL|HINT|STATEMENT|CONTEXT|QUERY):\s+(.*)$/.exec(line);
  if (postgres !== null) return { level: POSTGRES_LEVELS[postgres[1] ?? ''] ?? 'debug', text: postgres[2] ?? '' };
  return { level: 'info', text: line };
}

/** PostgreSQL reports every failed statement as ERROR; the program that sent it knows whether that is one. */
const POSTGRES_LEVELS: Record<string, LogLevel> = { WARNING: 'warn', ERROR: 'debug', FATAL: 'warn', PANIC: 'error' };

export function formatLine(part: string, { level, text }: ReadableLine, at: Date): string {
  const time = [at.getHours(), at.getMinutes(), at.getSeconds()]
    .map((number) => String(number).padStart(2, '0'))
    .join(':');
  return `${time} ${part.padEnd(10)} ${level.padEnd(5)} ${text}`;
}

const HIDDEN = new Set(['level', 'time', 'pid', 'hostname', 'msg', 'message', 'err', 'v']);

function fromJson(entry: Record<string, unknown>): ReadableLine {
  const fields = Object.entries(entry)
    .filter(([name, value]) => !HIDDEN.has(name) && value !== undefined && value !== null)
    .map(([name, value]) => `${name}=${typeof value === 'object' ? JSON.stringify(value) : String(value)}`);
  const error = entry.err;
  if (typeof error === 'object' && error !== null && 'message' in error) fields.push(`error=${String(error.message)}`);
  return { level: levelOf(entry.level), text: [String(entry.msg ?? entry.message ?? ''), ...fields].join('  ').trim() };
}

function levelOf(value: unknown): LogLevel {
  if (typeof value === 'string' && Object.hasOwn(SEVERITY, value)) return value as LogLevel;
  const number = typeof value === 'number' ? value : 30;
  const names = Object.keys(SEVERITY) as LogLevel[];
  return names.find((name) => number >= SEVERITY[name]) ?? 'trace';
}

function parseJson(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    // A line that only looks like JSON is text.
    return null;
  }
}
