/** Makes the embedded PostgreSQL's data folder, all or nothing: it is built beside its place and renamed when it is complete. */
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { handOver, type Launcher, type PostgresPrograms } from './postgres-server-launch.ts';

/** The role that owns Patchline's database: no superuser, so that embedded and managed servers behave alike. */
export const OWNER_ROLE = 'patchline';
export const SUPERUSER_ROLE = 'postgres';
export const DATABASE_NAME = 'patchline';

/** @throws Error when the folder is of another PostgreSQL version, or cannot be made (disk full, no permission). */
export async function ensureCluster(options: {
  folder: string;
  programs: PostgresPrograms;
  launcher: Launcher;
  durable: boolean;
  signal?: AbortSignal | undefined;
}): Promise<void> {
  const { folder, programs, launcher, durable, signal } = options;
  const versionFile = `${folder}/PG_VERSION`;
  if (existsSync(versionFile)) {
    refuseOtherVersion(folder, readFileSync(versionFile, 'utf8').trim(), await majorVersion(programs));
    // PostgreSQL refuses a folder that others may enter, as a restored backup often is.
    chmodSync(folder, 0o700);
    handOver(folder, launcher);
    return;
  }
  const building = `${folder}.new`;
  rmSync(building, { recursive: true, force: true });
  mkdirSync(building, { recursive: true, mode: 0o700 });
  chmodSync(building, 0o700);
  handOver(building, launcher);
  await run({ launcher, signal }, programs.initdb, [
    ...['--pgdata', building, '--username', SUPERUSER_ROLE, '--auth-local=trust', '--auth-host=reject'],
    ...['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
    ...['--data-checksums', '--no-instructions', ...(durable ? [] : ['--no-sync'])],
  ]);
  await run(
    { launcher, signal },
    programs.postgres,
    ['--single', '-D', building, ...(durable ? [] : ['-F']), 'postgres'],
    `create role ${OWNER_ROLE} login createdb createrole\ncreate database ${DATABASE_NAME} owner ${OWNER_ROLE}\n`,
  );
  renameSync(building, folder);
}

function refuseOtherVersion(folder: string, made: string, ours: string): void {
  if (made === ours) return;
  throw new Error(
    `${folder} was made by PostgreSQL ${made}, and this Patchline brings PostgreSQL ${ours}. ` +
      `Dump it with PostgreSQL ${made} (pg_dumpall), move the folder away, start once, and load the dump.`,
  );
}

async function majorVersion(programs: PostgresPrograms): Promise<string> {
  const text = await run({ launcher: { prefix: [], owner: null } }, programs.postgres, ['--version']);
  return /\b(\d+)\.\d+/.exec(text)?.[1] ?? '';
}

/** Runs a program to its end. @throws Error with what it printed when it fails. */
async function run(
  { launcher, signal }: { launcher: Launcher; signal?: AbortSignal | undefined },
  program: string,
  words: readonly string[],
  input?: string,
): Promise<string> {
  const [first = program, ...rest] = [...launcher.prefix, program, ...words];
  const child = spawn(first, rest, { stdio: 'pipe', env: postgresEnvironment(), signal, detached: true });
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  // A program that fails before it reads closes its input; its exit code says so.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input ?? '');
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const failed = code !== 0 || /^.*(?:ERROR|FATAL|PANIC):/m.test(errors);
  if (failed) throw new Error(explain(`${errors}${output}`.trim()));
  return output;
}

/** PostgreSQL's own words, with what to do about the common ones. */
export function explain(text: string): string {
  const advice = [
    {
      pattern: /No space left on device/,
      advice: 'The disk is full: free some space, or set DATA_DIR to another disk.',
    },
    { pattern: /Permission denied|Operation not permitted/, advice: 'Give DATA_DIR to the user who starts Patchline.' },
    { pattern: /error while loading shared libraries/, advice: 'Delete node_modules and run "npm ci".' },
    {
      pattern: /could not map anonymous shared memory|Cannot allocate memory/,
      advice: 'This machine has too little free memory.',
    },
  ].find(({ pattern }) => pattern.test(text))?.advice;
  const said = text === '' ? 'it ended without a word' : text;
  return `The embedded PostgreSQL does not start: ${said}${advice === undefined ? '' : `\n${advice}`}`;
}

/** The environment without libpq's own variables, which would redirect or reconfigure the server. */
export function postgresEnvironment(): NodeJS.ProcessEnv {
  const entries = Object.entries(process.env).filter(
    ([name]) => !/^PG[A-Z]+$/.test(name) && !/^(?:LC_|LANG)/.test(name),
  );
  return { ...Object.fromEntries(entries), LC_ALL: 'C', TZ: 'UTC' };
}
