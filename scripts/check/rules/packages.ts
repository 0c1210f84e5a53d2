import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type LockEntry, type LockFile, missingEntries, readLockFile } from '../../lock-file.ts';
import type { Finding, ToolRule } from '../rule.ts';
import { writeFiles } from '../run-tool.ts';

/** Licences under which what we ship may be passed on without conditions for our own code. */
const ALLOWED = new Set([
  ...[
    'MIT',
    'MIT-0',
    'ISC',
    'BSD-2-Clause',
    'BSD-3-Clause',
    '0BSD',
    'Apache-2.0',
    'BlueOak-1.0.0',
    'Unlicense',
    'CC0-1.0',
  ],
  ...['Python-2.0', 'PostgreSQL', 'Zlib', 'WTFPL', 'CC-BY-4.0'],
  // Fonts: the licence binds the font's files, not what is set in it.
  'OFL-1.1',
]);

export const licences: ToolRule = {
  kind: 'tool',
  name: 'licences: nothing copyleft in what is shipped',
  async check(root) {
    const shipped = shippedPackages(readLockFile(root)).filter(([place, entry]) =>
      isInstalledOrNamed(root, place, entry),
    );
    const findings = shipped.flatMap(([place, entry]): Finding[] => {
      const licence = entry.license ?? licenceOf(path.join(root, place));
      return isAllowed(licence)
        ? []
        : [{ file: 'package-lock.json', text: `${place}: ${licence ?? 'no licence named'}` }];
    });
    return { read: shipped.length, unit: 'packages', findings };
  },
  plant(folder) {
    writeFiles(folder, {
      'package-lock.json': {
        packages: {
          '': { dependencies: { planted: '1.0.0' } },
          'node_modules/planted': { version: '1.0.0', license: 'AGPL-3.0-only' },
        },
      },
    });
    return 'package-lock.json';
  },
};

/** What the root and the workspaces need to run: their dependencies and, on, the dependencies of those. */
function shippedPackages({ packages }: LockFile): [string, LockEntry][] {
  const reached = new Set<string>();
  const follow = (place: string): void => {
    const entry = packages[place];
    if (entry === undefined) return;
    for (const name of Object.keys({ ...entry.dependencies, ...entry.optionalDependencies })) {
      const found = findPlace(packages, place, name);
      if (found === undefined || reached.has(found)) continue;
      reached.add(found);
      follow(found);
    }
  };
  for (const place of Object.keys(packages)) if (!place.includes('node_modules/')) follow(place);
  return [...reached].flatMap((place): [string, LockEntry][] => {
    const entry = packages[place];
    return entry === undefined || entry.link === true ? [] : [[place, entry]];
  });
}

/** Where Node finds a package from another: beside it, or in a node_modules further up. */
function findPlace(packages: LockFile['packages'], from: string, name: string): string | undefined {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/')))) {
    const place = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    if (packages[place] !== undefined) return place;
    if (folder === '') return undefined;
  }
}

/** Entries that only say which system they are for have the licence of the package that names them. */
function isInstalledOrNamed(root: string, place: string, entry: LockEntry): boolean {
  return entry.license !== undefined || !entry.optional || existsSync(path.join(root, place));
}

function licenceOf(folder: string): string | undefined {
  const file = path.join(folder, 'package.json');
  if (!existsSync(file)) return undefined;
  const { license } = JSON.parse(readFileSync(file, 'utf8')) as { license?: string };
  return license;
}

/** "(A OR B)" leaves us the choice, "A AND B" does not. */
function isAllowed(licence: string | undefined): boolean {
  if (licence === undefined) return false;
  const bare = licence.replaceAll(/[()]/g, '');
  return bare.split(/ OR /i).some((one) => one.split(/ AND /i).every((name) => ALLOWED.has(name.trim())));
}

export const lockFile: ToolRule = {
  kind: 'tool',
  name: 'package-lock.json is whole',
  async check(root) {
    const lock = readLockFile(root);
    const findings = missingEntries(lock).map(
      ({ place }): Finding => ({
        file: 'package-lock.json',
        text: `${place} is not described, so npm ci refuses the file; run node scripts/lock-file.ts`,
      }),
    );
    return { read: Object.keys(lock.packages).length, unit: 'packages', findings };
  },
  plant(folder) {
    writeFiles(folder, {
      'package-lock.json': {
        packages: { 'node_modules/tool': { optionalDependencies: { 'tool-darwin-arm64': '1.0.0' } } },
      },
    });
    return 'package-lock.json';
  },
};
