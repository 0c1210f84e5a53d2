import { accessSync, constants, existsSync } from 'node:fs';
import path from 'node:path';
import { say, seconds } from './report.mjs';
import { run, tail } from './run.mjs';

/** Programs of the system that tests use. `npm start` needs none of them. */
const NEEDED = [
  {
    name: 'Chromium',
    find: findChromium,
    debian: ['chromium'],
    for: 'the browser tests',
    elsewhere: 'any Chromium or Chrome',
  },
  {
    name: 'Redis',
    find: () => findOnPath(['redis-server']),
    debian: ['redis-server'],
    for: 'the tests of pacing',
    elsewhere: 'any redis-server',
  },
];

/**
 * Installs what is missing from Debian's packages where that is possible; elsewhere it says what to install and goes on: the tests that
 * need it then fail by name, and all others run.
 * @returns {Promise<boolean>} whether anything was installed.
 */
export async function ensureSystemPackages() {
  let did = false;
  for (const need of NEEDED) {
    if (need.find() !== undefined) continue;
    const began = Date.now();
    const failure = await installFromDebian(need);
    if (failure === undefined) {
      say(`${need.name} is installed (${seconds(began)}).`);
      did = true;
    } else {
      console.error(
        `${need.name} is missing, which ${need.for} need: ${failure}\n` +
          `  On Debian: apt-get install ${need.debian.join(' ')}. Elsewhere ${need.elsewhere} on the PATH will do.`,
      );
    }
  }
  return did;
}

/** @returns {Promise<string | undefined>} why it could not be installed. */
async function installFromDebian({ name, debian, find }) {
  if (findOnPath(['apt-get']) === undefined) return 'this system has no apt-get.';
  if (process.getuid?.() !== 0) return 'only root can install it.';
  say(`Installing ${name} from Debian’s packages…`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const steps = [['update'], ['install', '-y', '--no-install-recommends', ...debian]];
  for (const step of steps) {
    const { code, output } = await run('apt-get', step, { env });
    if (code !== 0) return `apt-get ${step[0]} failed:\n${tail(output, 6)}`;
  }
  return find() === undefined ? 'the package of that name does not bring it here.' : undefined;
}

/** @returns {string | undefined} the path of a Chromium or Chrome. CHROMIUM_PATH goes before what is on the PATH. */
export function findChromium() {
  const named = process.env.CHROMIUM_PATH;
  if (named && existsSync(named)) return named;
  const macOS = [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
  ];
  return (
    findOnPath(['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']) ??
    macOS.find((file) => process.platform === 'darwin' && existsSync(file))
  );
}

function findOnPath(names) {
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter((folder) => folder !== '');
  return names.flatMap((name) => folders.map((folder) => path.join(folder, name))).find(isExecutable);
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
