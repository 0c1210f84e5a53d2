/**
 * npm leaves optional packages for other systems out of package-lock.json when its registry does not carry them, and `npm ci` then refuses
 * the file. What is missing can be named without the registry: a version, and the system that the package's name says.
 * `node scripts/lock-file.ts` completes the file.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export type LockEntry = {
  version?: string;
  license?: string;
  dev?: boolean;
  optional?: boolean;
  link?: boolean;
  os?: string[];
  cpu?: string[];
  libc?: string[];
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
};
export type LockFile = { packages: Record<string, LockEntry> };

export function readLockFile(root: string): LockFile {
  return JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')) as LockFile;
}

/** Places of optional packages that the lock file names as dependencies and does not describe. */
export function missingEntries({ packages }: LockFile): { place: string; entry: LockEntry }[] {
  return Object.entries(packages).flatMap(([parent, { optionalDependencies = {}, dev }]) =>
    Object.entries(optionalDependencies)
      .filter(
        ([name]) => parent !== '' && !packages[`${parent}/node_modules/${name}`] && !packages[`node_modules/${name}`],
      )
      .map(([name, version]) => ({ place: `node_modules/${name}`, entry: describe(name, version, dev === true) })),
  );
}

const SYSTEM =
  /-(android|darwin|freebsd|linux|openharmony|win32)-(arm64|arm|ia32|loong64|ppc64|riscv64|s390x|x64)(?:-(.+))?$/;

function describe(name: string, version: string, dev: boolean): LockEntry {
  const [, os, cpu, abi = ''] = SYSTEM.exec(name) ?? [];
  const libc =
    os === 'linux' && /musl/.test(abi) ? ['musl'] : os === 'linux' && /gnu/.test(abi) ? ['glibc'] : undefined;
  return {
    version,
    ...(cpu === undefined ? {} : { cpu: [cpu] }),
    ...(dev ? { dev } : {}),
    ...(libc === undefined ? {} : { libc }),
    optional: true,
    ...(os === undefined ? {} : { os: [os] }),
  };
}

if (import.meta.main) {
  const root = path.resolve(import.meta.dirname, '..');
  const lock = readLockFile(root);
  const missing = missingEntries(lock);
  for (const { place, entry } of missing) lock.packages[place] = entry;
  lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en')));
  if (missing.length > 0) writeFileSync(path.join(root, 'package-lock.json'), `${JSON.stringify(lock, null, 2)}\n`);
  console.log(`${missing.length} entries added to package-lock.json`);
}
