import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { installDependencies, isInstalled } from './dependencies.mjs';
import { hashOf } from './desk.mjs';
import { withLock } from './lock.mjs';
import { isNewEnough } from './node24.mjs';

let root: string;

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'patchline-setup-'));
});

afterEach(() => {
  delete process.env.npm_execpath;
  rmSync(root, { recursive: true, force: true });
});

function write(file: string, content: unknown): void {
  const place = path.join(root, file);
  mkdirSync(path.dirname(place), { recursive: true });
  writeFileSync(place, typeof content === 'string' ? content : JSON.stringify(content));
}

const other = { optional: true, version: '1.0.0', os: ['plan9'], cpu: [process.arch] };

describe('dependencies', () => {
  beforeEach(() => {
    write('package-lock.json', {
      packages: { '': {}, 'node_modules/a': { version: '1.0.0' }, 'node_modules/b': other },
    });
  });

  it('are not installed again when everything for this system is there', () => {
    write('node_modules/.package-lock.json', { packages: { 'node_modules/a': { version: '1.0.0' } } });
    write('node_modules/a/package.json', {});
    expect(isInstalled(root)).toBe(true);
  });

  it('are installed again after an interrupted installation, another version or a deleted package', () => {
    expect(isInstalled(root)).toBe(false);
    write('node_modules/.package-lock.json', { packages: { 'node_modules/a': { version: '0.9.0' } } });
    write('node_modules/a/package.json', {});
    expect(isInstalled(root)).toBe(false);
    write('node_modules/.package-lock.json', { packages: { 'node_modules/a': { version: '1.0.0' } } });
    rmSync(path.join(root, 'node_modules/a'), { recursive: true });
    expect(isInstalled(root)).toBe(false);
  });

  it.each([
    ['getaddrinfo ENOTFOUND registry.example', /cannot reach its package registry/],
    ['ENOSPC: no space left on device, write', /disk is full/],
    ['EACCES: permission denied, mkdir', /cannot be written/],
    ['something new', /something new/],
  ])('say what to do when npm fails with %s', async (words, message) => {
    write('bin/npm-cli.js', `console.error(${JSON.stringify(`npm error ${words}`)}); process.exitCode = 1;`);
    process.env.npm_execpath = path.join(root, 'bin/npm-cli.js');
    await expect(installDependencies(root)).rejects.toThrow(message);
  });

  it('come from an install by the lock file’s versions when npm refuses the file it wrote itself', async () => {
    write(
      'bin/npm-cli.js',
      `const fs = require('node:fs');
       if (process.argv[2] === 'ci') { console.error('npm error Missing: b@ from lock file'); process.exit(1); }
       fs.mkdirSync('node_modules', { recursive: true });
       fs.writeFileSync('node_modules/words', process.argv.slice(2).join(' '));`,
    );
    process.env.npm_execpath = path.join(root, 'bin/npm-cli.js');
    expect(await installDependencies(root)).toBe(true);
    expect(readFileSync(path.join(root, 'node_modules/words'), 'utf8')).toMatch(/^install --no-save /);
  });
});

describe('the desk', () => {
  it('is built again when a source changes, not when a test does', () => {
    write('web/a.ts', 'one');
    const before = hashOf(root, ['web']);
    write('web/a.test.ts', 'test');
    expect(hashOf(root, ['web'])).toBe(before);
    write('web/a.ts', 'two');
    expect(hashOf(root, ['web'])).not.toBe(before);
  });
});

describe('two set-ups at once', () => {
  it('do their work one after the other', async () => {
    const steps: string[] = [];
    const file = path.join(root, '.cache/lock');
    let letGo = () => undefined as undefined;
    const first = withLock(
      file,
      () => undefined,
      async () => {
        steps.push('first begins');
        await new Promise<undefined>((resolve) => {
          letGo = () => resolve(undefined) as undefined;
        });
        steps.push('first ends');
      },
    );
    const second = withLock(
      file,
      () => letGo(),
      async () => {
        steps.push('second');
      },
    );
    await Promise.all([first, second]);
    expect(steps).toEqual(['first begins', 'first ends', 'second']);
  });

  it('are not held up by a lock whose owner was killed', async () => {
    const file = path.join(root, 'lock');
    const child = spawn(process.execPath, ['-e', ''], { stdio: 'ignore' });
    await once(child, 'exit');
    write('lock', { pid: child.pid, started: '1' });
    expect(
      await withLock(
        file,
        () => undefined,
        async () => 'done',
      ),
    ).toBe('done');
    // A living process with that number, but not the one that made the lock.
    write('lock', { pid: process.pid, started: '1' });
    expect(
      await withLock(
        file,
        () => undefined,
        async () => 'done',
      ),
    ).toBe('done');
  });
});

it('knows which Node runs Patchline', () => {
  expect(['v24.0.0', 'v26.1.0'].every(isNewEnough)).toBe(true);
  expect(['v20.20.2', 'v22.9.0', 'x'].some(isNewEnough)).toBe(false);
});
