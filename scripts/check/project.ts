/** The project's own modules with their imports, read with TypeScript 5's parser (7 has no JavaScript API yet). */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type TypeScript from '../../tools/node_modules/typescript/lib/typescript.js';

export type { TypeScript };
export const ROOT = path.resolve(import.meta.dirname, '../..');
export const ts: typeof TypeScript = createRequire(path.join(ROOT, 'tools/package.json'))('typescript');

export type SourceFile = { path: string; text: string };

export type Import = {
  specifier: string;
  /** Erased when the program runs. */
  typeOnly: boolean;
  line: number;
  /** The module of ours it names, as a path from the root; null for packages. */
  module: string | null;
  /** The package it names, `node:fs` and the like included; null for modules of ours. */
  package: string | null;
};

export type Module = SourceFile & { tree: TypeScript.SourceFile; imports: readonly Import[] };

/** Packages of ours whose files are imported by name: `@patchline/domain/policy` is packages/domain/src/policy.ts. */
const BY_FILE = new Map([
  ['@patchline/contracts', 'packages/contracts/src'],
  ['@patchline/domain', 'packages/domain/src'],
]);
const BY_INDEX = new Map([
  ['convex-embedded', 'packages/convex-embedded/src/index.ts'],
  ['carrier-emulator', 'packages/carrier-emulator/src/index.ts'],
]);

export class Project {
  readonly root: string;
  readonly modules: ReadonlyMap<string, Module>;

  constructor(root: string, modules: ReadonlyMap<string, Module>) {
    this.root = root;
    this.modules = modules;
  }

  /** Every TypeScript module that git knows or would take in. */
  static read(root: string): Project {
    const listed = execFileSync(
      'git',
      ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', '*.ts', '*.tsx'],
      {
        cwd: root,
        encoding: 'utf8',
        maxBuffer: 64 * 1024 * 1024,
      },
    );
    const files = listed
      .split('\0')
      .filter((file) => file !== '' && !file.includes('/_generated/') && existsSync(path.join(root, file)));
    const modules = files.map((file) => parse({ path: file, text: readFileSync(path.join(root, file), 'utf8') }));
    return new Project(root, new Map(modules.map((module) => [module.path, module])));
  }

  /** A project of one module. */
  only(file: SourceFile): Project {
    return new Project(this.root, new Map([[file.path, parse(file)]]));
  }

  /** The project with one more (or another) module. */
  with(file: SourceFile): Project {
    return new Project(this.root, new Map(this.modules).set(file.path, parse(file)));
  }

  /** Modules below a folder, those only for tests left out. */
  product(...folders: string[]): Module[] {
    return [...this.modules.values()].filter(
      (module) => folders.some((folder) => module.path.startsWith(`${folder}/`)) && !isTestOnly(module.path),
    );
  }
}

/** Tests, what only they use, and benches: they may look behind every wall. */
export function isTestOnly(file: string): boolean {
  return /\.(?:test|kit|bench|proof|cases)\.tsx?$|(?:^|\/)(?:test|testing|fixtures|bench|e2e)\/|(?:^|\/)test-[^/]*\.ts$|vitest\.config\.ts$/.test(
    file,
  );
}

function parse(file: SourceFile): Module {
  const kind = file.path.endsWith('.tsx') ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
  const tree = ts.createSourceFile(file.path, file.text, ts.ScriptTarget.Latest, true, kind);
  return { ...file, tree, imports: importsOf(file.path, tree) };
}

function importsOf(from: string, tree: TypeScript.SourceFile): Import[] {
  const imports: Import[] = [];
  const add = (node: TypeScript.Node, specifier: TypeScript.Node | undefined, typeOnly: boolean) => {
    if (specifier === undefined || !ts.isStringLiteralLike(specifier)) return;
    imports.push({ specifier: specifier.text, typeOnly, line: lineOf(tree, node), ...resolve(from, specifier.text) });
  };
  walk(tree, (node) => {
    if (ts.isImportDeclaration(node)) add(node, node.moduleSpecifier, importsOnlyTypes(node.importClause));
    else if (ts.isExportDeclaration(node)) add(node, node.moduleSpecifier, exportsOnlyTypes(node));
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      add(node, node.arguments[0], false);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node, node.argument.literal, true);
  });
  return imports;
}

function importsOnlyTypes(clause: TypeScript.ImportClause | undefined): boolean {
  if (clause === undefined) return false;
  if (clause.isTypeOnly) return true;
  const names = clause.namedBindings;
  const named = names !== undefined && ts.isNamedImports(names) ? names.elements : null;
  return (
    clause.name === undefined && named !== null && named.length > 0 && named.every((element) => element.isTypeOnly)
  );
}

function exportsOnlyTypes(node: TypeScript.ExportDeclaration): boolean {
  if (node.isTypeOnly) return true;
  const named =
    node.exportClause !== undefined && ts.isNamedExports(node.exportClause) ? node.exportClause.elements : null;
  return named !== null && named.length > 0 && named.every((element) => element.isTypeOnly);
}

function resolve(from: string, specifier: string): Pick<Import, 'module' | 'package'> {
  if (specifier.startsWith('.')) return { module: path.posix.join(path.posix.dirname(from), specifier), package: null };
  const index = BY_INDEX.get(specifier);
  if (index !== undefined) return { module: index, package: null };
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
  const folder = BY_FILE.get(name);
  if (folder !== undefined) return { module: `${folder}/${specifier.slice(name.length + 1)}.ts`, package: null };
  return { module: null, package: name };
}

export function walk(node: TypeScript.Node, visit: (node: TypeScript.Node) => void): void {
  visit(node);
  ts.forEachChild(node, (child) => walk(child, visit));
}

export function lineOf(tree: TypeScript.SourceFile, node: TypeScript.Node): number {
  return tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1;
}
