import { SlotTimeout } from './fair-slots.ts';

/** SQLSTATE classes and codes that mean the server is going away or not ready, not that a statement was wrong. */
const GOING_AWAY = /^(08...|57P0[1-5]|53300)$/;

const NO_CONNECTION = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE', 'ETIMEDOUT']);

/** Whether an error of `pg` says that PostgreSQL could not be reached, as while it is being restarted. */
export function isDatabaseUnreachable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof SlotTimeout) return true;
  const { code, syscall } = error as { code?: unknown; syscall?: unknown };
  if (typeof code === 'string' && GOING_AWAY.test(code)) return true;
  if (typeof code === 'string' && NO_CONNECTION.has(code))
    return syscall === 'connect' || syscall === 'read' || syscall === 'write';
  // pg throws these two without a code.
  return /^Connection terminated|^timeout exceeded when trying to connect/.test(error.message);
}
