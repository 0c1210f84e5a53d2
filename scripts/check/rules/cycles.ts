import type { Project } from '../project.ts';
import type { Finding, SourceRule } from '../rule.ts';

/** Modules that import each other in a ring. Types are erased, so a ring of `import type` is none. */
export const cycles: SourceRule = {
  kind: 'source',
  name: 'no import cycles',
  check(project) {
    return { read: project.modules.size, unit: 'modules', findings: rings(project).map(describe) };
  },
  plantInto: 'whole project',
  plants: [
    { path: 'packages/domain/src/planted.ts', text: "export * from './planted.ts';\n" },
    {
      path: 'apps/server/src/platform/settings-table.ts',
      text: "import './settings.ts';\nexport const SETTINGS = {};\n",
    },
  ],
};

function describe(ring: string[]): Finding {
  return { file: ring[0] ?? '', text: `import cycle: ${[...ring, ring[0]].join(' → ')}` };
}

/** Strongly connected components with more than one module, or one that imports itself (Tarjan's algorithm). */
function rings(project: Project): string[][] {
  const edges = (file: string): string[] =>
    (project.modules.get(file)?.imports ?? []).flatMap(({ module, typeOnly }) =>
      module === null || typeOnly ? [] : [module],
    );
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const onStack = new Set<string>();
  const found: string[][] = [];

  const visit = (file: string): void => {
    index.set(file, index.size);
    low.set(file, index.size - 1);
    stack.push(file);
    onStack.add(file);
    for (const next of edges(file)) {
      if (!project.modules.has(next)) continue;
      if (!index.has(next)) {
        visit(next);
        low.set(file, Math.min(low.get(file) ?? 0, low.get(next) ?? 0));
      } else if (onStack.has(next)) {
        low.set(file, Math.min(low.get(file) ?? 0, index.get(next) ?? 0));
      }
    }
    if (low.get(file) !== index.get(file)) return;
    const ring = stack.splice(stack.indexOf(file));
    for (const member of ring) onStack.delete(member);
    if (ring.length > 1 || edges(file).includes(file)) found.push(ring);
  };
  for (const file of project.modules.keys()) if (!index.has(file)) visit(file);
  return found;
}
