import { lineOf, type Module, type Project, type TypeScript, ts } from './project.ts';
import type { Finding, Report, SourceRule } from './rule.ts';

export type Found = (node: TypeScript.Node, text: string) => void;

/** A rule that looks at each product module by itself. */
export function astRule(options: {
  name: string;
  /** Folders whose product modules are looked at; absent: every module, tests included. */
  folders?: readonly string[];
  look(module: Module, found: Found): void;
  plants: SourceRule['plants'];
}): SourceRule {
  return {
    kind: 'source',
    name: options.name,
    plants: options.plants,
    check(project: Project): Report {
      const modules =
        options.folders === undefined ? [...project.modules.values()] : project.product(...options.folders);
      const findings: Finding[] = [];
      for (const module of modules) {
        options.look(module, (node, text) =>
          findings.push({ file: module.path, line: lineOf(module.tree, node), text }),
        );
      }
      return { read: modules.length, unit: 'modules', findings };
    },
  };
}

export function isText(node: TypeScript.Node, pattern: RegExp): boolean {
  return ts.isStringLiteralLike(node) && pattern.test(node.text);
}
