import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { findNode24 } from './node24.mjs';
import { SetupError, say, seconds } from './report.mjs';
import { run, tail } from './run.mjs';

/**
 * Makes node_modules what package-lock.json says. npm writes `node_modules/.package-lock.json` last, after the packages' own install
 * scripts, so an installation that was interrupted, or made from another lock file, shows in it.
 * @returns {Promise<boolean>} whether anything had to be installed.
 */
export async function installDependencies(root) {
  if (isInstalled(root)) {
    findNode24(root);
    return false;
  }
  const began = Date.now();
  say('Installing dependencies (takes a minute or two)…');
  const [program, ...words] = npm();
  let { code, output } = await run(program, [...words, 'ci', ...OPTIONS], { cwd: root });
  if (code !== 0 && /Missing: \S+ from lock file/.test(output)) {
    // npm leaves packages for other systems out of the lock file when its registry lacked them, and then refuses its own file. The versions
    // that are in it hold all the same.
    ({ code, output } = await run(program, [...words, 'install', '--no-save', ...OPTIONS], { cwd: root }));
  }
  if (code !== 0) throw new SetupError(explain(output));
  findNode24(root);
  writeFileSync(stampFile(root), lockHash(root));
  say(`Dependencies are installed (${seconds(began)}).`);
  return true;
}

const OPTIONS = [
  '--no-audit',
  '--no-fund',
  '--loglevel=error',
  // A person's own npm settings, or NODE_ENV=production, must not leave out what building the desk and PostgreSQL need.
  '--ignore-scripts=false',
  '--engine-strict=false',
  '--include=dev',
  '--include=optional',
];

/** npm as it was called, else the one on the PATH. */
function npm() {
  const script = process.env.npm_execpath;
  if (script && /npm-cli\.[cm]?js$/.test(script) && existsSync(script)) return [process.execPath, script];
  return [process.platform === 'win32' ? 'npm.cmd' : 'npm'];
}

/** In node_modules, so that it goes when that goes. It vouches where npm passed over an optional package that it could not get. */
const stampFile = (root) => path.join(root, 'node_modules', '.patchline-installed');
const lockHash = (root) =>
  createHash('sha256')
    .update(readFileSync(path.join(root, 'package-lock.json')))
    .digest('hex');

/** @returns {boolean} whether every package of the lock file that this platform needs is installed in that version. */
export function isInstalled(root) {
  const wanted = readLock(path.join(root, 'package-lock.json'));
  const present = readLock(path.join(root, 'node_modules', '.package-lock.json'));
  if (wanted === undefined)
    throw new SetupError('package-lock.json is missing or damaged. Get it back: git checkout package-lock.json');
  if (present === undefined) return false;
  const stamped = existsSync(stampFile(root)) && readFileSync(stampFile(root), 'utf8') === lockHash(root);
  return Object.entries(wanted).every(([place, entry]) => {
    if (!place.includes('node_modules/') || entry.link) return true;
    const found = present[place];
    if (found === undefined) return entry.optional === true && (stamped || !isForThisSystem(entry));
    return found.version === entry.version && existsSync(path.join(root, place, 'package.json'));
  });
}

/** Whether an optional package names this system. One that names none belongs to another optional package, which is asked for itself. */
function isForThisSystem({ os, cpu, libc }) {
  const names = (list, value) => list === undefined || [list].flat().includes(value);
  if (os === undefined && cpu === undefined) return false;
  return names(os, process.platform) && names(cpu, process.arch) && names(libc, libcOfThisSystem());
}

function libcOfThisSystem() {
  return process.report?.getReport()?.header?.glibcVersionRuntime ? 'glibc' : 'musl';
}

function readLock(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch (error) {
    if (error.code === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const CAUSES = [
  [/ENOSPC|no space left/i, 'The disk is full. Free some space (about 1.5 GB) and try again.'],
  [
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|network/i,
    'npm cannot reach its package registry. Check the connection (and npm’s proxy and registry settings), then try again.',
  ],
  [/EINTEGRITY/, 'A downloaded package is damaged. Run "npm cache verify" and try again.'],
  [/EACCES|EPERM|EROFS/, 'This folder or npm’s cache cannot be written. Give them to the user who runs npm.'],
  [/EUSAGE|in sync/, 'package.json and package-lock.json do not fit together. Get both from the same commit.'],
  [/E401|E403|E407/, 'The package registry refuses this user. Check npm’s registry settings and log-in.'],
];

function explain(output) {
  const advice = CAUSES.find(([pattern]) => pattern.test(output))?.[1] ?? 'npm could not install the dependencies.';
  return `${advice}\n\n  npm said:\n${tail(output)}`;
}
