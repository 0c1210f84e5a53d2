import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { SetupError } from './report.mjs';

export const NODE_MAJOR = 24;

/** True when `version` ('v24.1.0') runs Patchline. */
export function isNewEnough(version) {
  return Number(/^v(\d+)\./.exec(version)?.[1]) >= NODE_MAJOR;
}

/**
 * The Node that runs Patchline: this process's own when it is new enough, else the one that npm installed into the project.
 * @throws SetupError when there is neither.
 */
export function findNode24(root) {
  if (isNewEnough(process.version)) return process.execPath;
  const brought = path.join(root, 'node_modules', '.bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (existsSync(brought)) {
    const { stdout, error } = spawnSync(brought, ['--version'], { encoding: 'utf8' });
    if (error === undefined && isNewEnough(stdout.trim())) return brought;
  }
  throw new SetupError(
    `Patchline runs on Node ${NODE_MAJOR} or newer and this is ${process.version}. For ${process.platform} on ${process.arch} it ` +
      `brings none of its own that works here: install Node ${NODE_MAJOR} (https://nodejs.org) and try again.`,
  );
}
