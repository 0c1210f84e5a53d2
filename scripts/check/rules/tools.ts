/** Rules that a tool of its own looks after: formatting and lint, types, dead code. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../project.ts';
import type { Finding, ToolRule } from '../rule.ts';
import { runTool, writeFiles } from '../run-tool.ts';

const NAMED = 'src/planted.ts';

export const formatAndLint: ToolRule = {
  kind: 'tool',
  name: 'format and lint',
  async check(root) {
    const { code, output } = await runTool(
      '@biomejs/biome',
      'bin/biome',
      ['ci', '--colors=off', '--max-diagnostics=30', '.'],
      root,
    );
    const read = Number(/Checked (\d+) files?/.exec(output)?.[1] ?? 0);
    const places = [...output.matchAll(/^(\S+?)(?::(\d+):\d+)? (?:lint|format|assist|parse|suppressions)\S*/gm)];
    const findings = places.map(
      ([, file = '', line], at): Finding => ({ file, line: Number(line ?? 1), text: paragraph(output, places, at) }),
    );
    if (code !== 0 && findings.length === 0) findings.push({ file: '.', text: output.trim() });
    return { read, unit: 'files', findings: code === 0 ? [] : findings };
  },
  plant(folder) {
    const config = JSON.parse(readFileSync(path.join(ROOT, 'biome.json'), 'utf8')) as Record<string, unknown>;
    writeFiles(folder, { 'biome.json': { ...config, vcs: { enabled: false } }, [NAMED]: 'export const x:any = "1"\n' });
    return NAMED;
  },
};

function paragraph(output: string, places: readonly RegExpExecArray[], at: number): string {
  const text = output.slice(places[at]?.index ?? 0, places[at + 1]?.index).split('\n');
  const said = text.find((line) => /^\s+[×!i] /.test(line)) ?? text[0] ?? '';
  return said.trim().replace(/^[×!i] /, '');
}

export const types: ToolRule = {
  kind: 'tool',
  name: 'types',
  async check(root) {
    const runs = await Promise.all(
      tsconfigs(root).map((config) =>
        runTool('typescript', 'bin/tsc', ['-p', config, '--noEmit', '--pretty', 'false', '--listFiles'], root),
      ),
    );
    const lines = runs.flatMap(({ output }) => output.split('\n'));
    const read = new Set(lines.filter((line) => path.isAbsolute(line) && !line.includes('/node_modules/'))).size;
    const findings = lines.flatMap((line): Finding[] => {
      const error = /^(.+?)\((\d+),\d+\): error (.*)$/.exec(line);
      if (error !== null) return [{ file: error[1] ?? '', line: Number(error[2]), text: error[3] ?? '' }];
      return /^error TS/.test(line) ? [{ file: 'tsconfig.json', text: line }] : [];
    });
    return { read, unit: 'files', findings };
  },
  plant(folder) {
    writeFiles(folder, {
      'tsconfig.json': readFileSync(path.join(ROOT, 'tsconfig.json'), 'utf8').replace('"*.ts"', `"${NAMED}"`),
      [NAMED]: "export const planted: number = 'text';\n",
    });
    symlinkSync(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'));
    return NAMED;
  },
};

/** The root's, which takes in nearly everything, and those of folders with a world of their own. */
function tsconfigs(root: string): string[] {
  if (!existsSync(path.join(root, '.git'))) return ['tsconfig.json'];
  const listed = execFileSync('git', ['ls-files', '--', 'tsconfig.json', '**/tsconfig*.json'], {
    cwd: root,
    encoding: 'utf8',
  });
  return listed.split('\n').filter((file) => file !== '' && existsSync(path.join(root, file)));
}

type KnipIssue = { file: string } & Record<string, unknown>;

export const deadCode: ToolRule = {
  kind: 'tool',
  name: 'dead code and unused dependencies',
  async check(root) {
    const { code, output } = await runTool('knip', 'bin/knip.js', ['--reporter', 'json', '--no-progress'], root);
    const start = output.indexOf('{');
    if (start === -1) return { read: 0, unit: 'run', findings: [{ file: 'knip.json', text: output.trim() }] };
    const { issues } = JSON.parse(output.slice(start, output.lastIndexOf('}') + 1)) as { issues: KnipIssue[] };
    const findings = issues.flatMap(({ file, ...kinds }) =>
      Object.entries(kinds).flatMap(([kind, list]) =>
        Array.isArray(list)
          ? list.flat().map(
              (one: { name?: string; line?: number }): Finding => ({
                file,
                line: one.line ?? 1,
                text: `unused ${kind}: ${one.name ?? file}`,
              }),
            )
          : [],
      ),
    );
    if (code !== 0 && findings.length === 0) findings.push({ file: 'knip.json', text: output.trim() });
    return { read: 1, unit: 'run', findings };
  },
  plant(folder) {
    writeFiles(folder, {
      'package.json': { name: 'planted', type: 'module', main: 'src/main.ts' },
      'src/main.ts': "import { used } from './planted.ts';\nconsole.log(used);\n",
      [NAMED]: 'export const used = 1;\nexport const planted = 2;\n',
    });
    return NAMED;
  },
};
