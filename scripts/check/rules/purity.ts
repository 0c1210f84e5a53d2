import { astRule, type Found } from '../ast-rule.ts';
import { type TypeScript, ts, walk } from '../project.ts';

/** What makes two runs with the same inputs differ. */
function impurity(node: TypeScript.Node): string | null {
  if (ts.isNewExpression(node)) {
    return node.expression.getText() === 'Date' && (node.arguments?.length ?? 0) === 0
      ? 'the clock (new Date())'
      : null;
  }
  if (!ts.isCallExpression(node)) return null;
  const called = node.expression.getText();
  if (/^(?:Date\.now|performance\.now|DateTime\.(?:now|local|utc))$/.test(called)) {
    return called.startsWith('DateTime') && node.arguments.length > 0 && !called.endsWith('now')
      ? null
      : `the clock (${called})`;
  }
  if (/^(?:Math\.random|crypto\.(?:randomUUID|getRandomValues|randomBytes))$/.test(called)) return `chance (${called})`;
  if (/^(?:fetch|setTimeout|setInterval|console\.\w+)$/.test(called)) return `the outside world (${called})`;
  return null;
}

function lookFor(node: TypeScript.Node, why: string, found: Found): void {
  walk(node, (inner) => {
    const what = impurity(inner);
    if (what !== null) found(inner, `uses ${what}; ${why}`);
  });
}

export const pureCore = astRule({
  name: 'pure core: the rules take clock and chance as inputs',
  folders: ['packages/domain/src', 'packages/contracts/src'],
  look: (module, found) => lookFor(module.tree, 'pass it in', found),
  plants: [
    'Date.now()',
    'new Date()',
    'Math.random()',
    "fetch('https://example.com')",
    'setTimeout(() => undefined, 1)',
  ].map((expression) => ({
    path: 'packages/domain/src/planted.ts',
    text: `export const planted = () => ${expression};\n`,
  })),
});

export const timelessQueries = astRule({
  name: 'hot tier: queries never read the clock',
  folders: ['convex'],
  look(module, found) {
    walk(module.tree, (node) => {
      if (!ts.isCallExpression(node) || !/^(?:\w*Query|query)$/.test(node.expression.getText())) return;
      for (const argument of node.arguments) lookFor(argument, 'a query is not run again because time passes', found);
    });
  },
  plants: [
    {
      path: 'convex/planted.ts',
      text: 'declare const tenantQuery: any;\nexport const q = tenantQuery({ args: {}, handler: async () => Date.now() });\n',
    },
  ],
});

export const staticLogMessages = astRule({
  name: 'logs: messages are static sentences, data stands in fields',
  folders: ['apps/server/src'],
  look(module, found) {
    walk(module.tree, (node) => {
      if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return;
      const { name, expression } = node.expression;
      if (
        !/^(?:fatal|error|warn|info|debug|trace)$/.test(name.text) ||
        !/(?:^|\.)(?:log|logger)$/.test(expression.getText())
      )
        return;
      const built = node.arguments.some(
        (argument) => ts.isTemplateExpression(argument) || ts.isBinaryExpression(argument),
      );
      if (built) found(node, 'puts values into a log message; give them as fields, which redaction knows');
    });
  },
  plants: [
    {
      path: 'apps/server/src/messaging/planted.ts',
      text: 'export const f = (core: any, to: string) => core.log.info({}, `texted $' + '{to}`);\n',
    },
    {
      path: 'apps/server/src/messaging/planted.ts',
      text: "export const f = (log: any, to: string) => log.warn('texted ' + to);\n",
    },
  ],
});

/** Tests that do not run prove nothing, and an empty catch hides what went wrong. */
export const honestCode = astRule({
  name: 'no skipped tests, no empty catch',
  look(module, found) {
    walk(module.tree, (node) => {
      if (ts.isPropertyAccessExpression(node) && /^(?:it|test|describe)$/.test(node.expression.getText())) {
        if (/^(?:skip|only|todo|fails)$/.test(node.name.text))
          found(node, `${node.getText()} keeps tests from running`);
      }
      if (ts.isCatchClause(node) && node.block.statements.length === 0 && !/\/[/*]/.test(node.block.getText())) {
        found(node, 'an empty catch; say why nothing is to be done, or do something');
      }
    });
  },
  plants: [
    { path: 'packages/domain/src/planted.test.ts', text: "declare const it: any;\nit.skip('x', () => undefined);\n" },
    {
      path: 'packages/domain/src/planted.test.ts',
      text: "declare const describe: any;\ndescribe.only('x', () => undefined);\n",
    },
    { path: 'packages/domain/src/planted.ts', text: 'export function f() {\n  try {\n    f();\n  } catch {}\n}\n' },
  ],
});
