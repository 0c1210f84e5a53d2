/**
 * Whether a process is still the one it was: numbers come back, so a number alone says little.
 * Plain JavaScript without dependencies: the set-up uses it on Node 20 before anything is installed.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * When a process began, as text that only the same process has.
 * @param {number} pid
 * @returns {string | null} null when there is no such process.
 */
export function startTime(pid) {
  if (process.platform !== 'linux') {
    const { stdout } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
    return stdout?.trim() || null;
  }
  const fields = statFields(pid);
  // A zombie has ended; only its parent has not noticed.
  return fields === null || fields[0] === 'Z' ? null : (fields[19] ?? null);
}

/**
 * The parent of a process.
 * @param {number} pid
 * @returns {number | null} null when there is no such process, or the system does not tell.
 */
export function parentOf(pid) {
  const fields = process.platform === 'linux' ? statFields(pid) : null;
  return fields === null ? null : Number(fields[1]);
}

/** Fields of /proc/PID/stat from the third (state) on; the second, the name, may hold blanks and brackets. */
function statFields(pid) {
  let stat;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ESRCH') return null;
    throw error;
  }
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}
