import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { findNode24 } from './node24.mjs';
import { SetupError, say, seconds } from './report.mjs';
import { run, tail } from './run.mjs';

/** Folders and files the desk is built from. */
const SOURCES = ['apps/web', 'packages/contracts', 'packages/domain', 'convex', 'package-lock.json'];

/**
 * Builds the desk into apps/web/dist when its sources changed since the last build. The new one replaces the old one in one step, so that
 * an interrupted build never leaves half a desk.
 * @returns {Promise<boolean>} whether it was built.
 */
export async function buildDesk(root) {
  const desk = path.join(root, 'apps', 'web');
  const done = path.join(desk, 'dist');
  const stamp = path.join(root, '.cache', 'desk-build');
  const hash = hashOf(root, SOURCES);
  if (existsSync(path.join(done, 'index.html')) && readText(stamp) === hash) return false;

  const began = Date.now();
  say('Building the desk…');
  const vite = createRequire(path.join(desk, 'package.json')).resolve('vite/package.json');
  const { bin } = JSON.parse(readFileSync(vite, 'utf8'));
  const script = path.join(path.dirname(vite), typeof bin === 'string' ? bin : bin.vite);
  const building = path.join(desk, 'dist.new');
  rmSync(building, { recursive: true, force: true });
  const { code, output } = await run(findNode24(root), [script, 'build', '--outDir', building, '--emptyOutDir'], {
    cwd: desk,
    // The desk is the same whether or not the server runs in production.
    env: { ...process.env, NODE_ENV: 'production' },
  });
  if (code !== 0) throw new SetupError(`The desk cannot be built:\n${tail(output, 30)}`);
  rmSync(done, { recursive: true, force: true });
  renameSync(building, done);
  mkdirSync(path.dirname(stamp), { recursive: true });
  writeFileSync(stamp, hash);
  say(`The desk is built (${seconds(began)}).`);
  return true;
}

/** A hash of the names and contents of everything below `places`, tests and build results excepted. */
export function hashOf(root, places) {
  const hash = createHash('sha256');
  for (const place of places) {
    for (const file of filesBelow(path.join(root, place))) {
      hash.update(`${path.relative(root, file)}\0`).update(createHash('sha256').update(readFileSync(file)).digest());
    }
  }
  return hash.digest('hex');
}

const SKIPPED_FOLDERS = new Set(['node_modules', 'dist', 'dist.new', 'test', 'bench']);

function filesBelow(place) {
  if (!existsSync(place)) return [];
  const entries = entriesOf(place);
  if (entries === undefined) return [place];
  return entries
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      if (entry.isDirectory()) return SKIPPED_FOLDERS.has(entry.name) ? [] : filesBelow(path.join(place, entry.name));
      return /\.test\.tsx?$|\.md$/.test(entry.name) ? [] : [path.join(place, entry.name)];
    });
}

function entriesOf(place) {
  try {
    return readdirSync(place, { withFileTypes: true });
  } catch (error) {
    if (error.code === 'ENOTDIR') return undefined;
    throw error;
  }
}

function readText(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}
