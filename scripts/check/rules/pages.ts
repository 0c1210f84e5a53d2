import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { GENERATED_FILES } from '../../generate/generated-files.ts';
import type { Finding, ToolRule } from '../rule.ts';
import { writeFiles } from '../run-tool.ts';

export const generatedFiles: ToolRule = {
  kind: 'tool',
  name: 'generated files are current',
  async check(root) {
    const present = GENERATED_FILES.filter(({ path: file }) => existsSync(path.join(root, file)));
    const missing = GENERATED_FILES.filter((file) => !present.includes(file));
    const findings = missing.map(
      (file): Finding => ({ file: file.path, text: 'is missing; run npm run docs:generate' }),
    );
    for (const file of present) {
      const current = readFileSync(path.join(root, file.path), 'utf8') === (await file.make(root));
      if (!current) findings.push({ file: file.path, text: 'is not what the code says; run npm run docs:generate' });
    }
    return { read: present.length, unit: 'files', findings };
  },
  plant(folder) {
    writeFiles(folder, { 'docs/settings.md': '# Settings\n' });
    return 'docs/settings.md';
  },
};

/** docs/features.md claims that tests show what it lists; each named test must be there. */
export const featuresPage: ToolRule = {
  kind: 'tool',
  name: 'docs/features.md names tests that exist',
  async check(root) {
    const file = 'docs/features.md';
    if (!existsSync(path.join(root, file))) return { read: 0, unit: 'tests', findings: [{ file, text: 'is missing' }] };
    const page = readFileSync(path.join(root, file), 'utf8').split('\n');
    const named = page.flatMap((text, at) => [...text.matchAll(TEST_FILE)].map(([name]) => ({ name, line: at + 1 })));
    const findings = named.flatMap(({ name, line }): Finding[] =>
      isThere(root, name) ? [] : [{ file, line, text: `${name} does not exist` }],
    );
    return { read: named.length, unit: 'tests', findings };
  },
  plant(folder) {
    writeFiles(folder, { 'docs/features.md': '| feature | test |\n|---|---|\n| planted | `apps/planted.test.ts` |\n' });
    return 'docs/features.md';
  },
};

const TEST_FILE = /[\w./-]+\.(?:test|proof|bench)\.tsx?\b/g;

/** A path from the root, or a file's name when that is enough to find it. */
function isThere(root: string, name: string): boolean {
  if (existsSync(path.join(root, name))) return true;
  if (name.includes('/')) return false;
  return (
    globSync(`{apps,packages,convex,bench,e2e,scripts}/**/${name}`, { cwd: root, exclude: ['**/node_modules'] })
      .length > 0
  );
}
