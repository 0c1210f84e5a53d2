/** Makes a program end when the process that started it is gone, however that one went: a SIGKILL gives nobody time to clean up. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';

const known = new Map<string, readonly string[] | null>();

/**
 * Words that go before a command line, by which the kernel sends `signal` to the program as soon as its parent's starting thread ends.
 * Start the program from a main thread. null where the system has no such thing (macOS).
 */
export function endWithParentPrefix(signal: 'INT' | 'TERM' | 'KILL'): readonly string[] | null {
  const seen = known.get(signal);
  if (seen !== undefined) return seen;
  const words = ['setpriv', '--pdeathsig', signal, '--'];
  const works = process.platform === 'linux' && spawnSync('setpriv', [...words.slice(1), 'true']).status === 0;
  const prefix = works ? words : null;
  known.set(signal, prefix);
  return prefix;
}

/** The other way: a shell that waits until our end of a pipe closes, then sends `signal` to the process. Kill it when the process has ended. */
export function endWithOurPipe(pid: number, signal: 'INT' | 'TERM' | 'KILL'): ChildProcess {
  const watcher = spawn('/bin/sh', ['-c', 'cat >/dev/null; kill -"$2" "$1"', 'sh', String(pid), signal], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  watcher.unref();
  return watcher;
}
