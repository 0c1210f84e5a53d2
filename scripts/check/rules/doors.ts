/** One door for each danger: what reaches a customer, a database or a secret does so in one place. */
import { astRule, isText } from '../ast-rule.ts';
import { type TypeScript, ts, walk } from '../project.ts';
import type { Finding, SourceRule } from '../rule.ts';

const SERVER = 'apps/server/src';

/** Packages that only some folders may use, at run time (types are free). */
const PACKAGE_DOORS: readonly {
  packages: readonly string[];
  folders: readonly string[];
  files?: readonly string[];
  why: string;
}[] = [
  {
    packages: ['pg', 'pg-copy-streams'],
    folders: [`${SERVER}/platform/database`],
    // Holds one connection of its own for as long as the process lives, so that PostgreSQL tells when it is gone.
    files: [`${SERVER}/platform/jobs/heartbeat.ts`],
    why: 'queries go through withTenant and withPlatform',
  },
  { packages: ['twilio'], folders: [`${SERVER}/carriers/twilio`], why: 'carriers are used through their interfaces' },
  { packages: ['telnyx'], folders: [`${SERVER}/carriers/telnyx`], why: 'carriers are used through their interfaces' },
  {
    packages: ['graphile-worker'],
    folders: [`${SERVER}/platform/jobs`, `${SERVER}/platform/database`],
    why: 'jobs are enqueued in SQL',
  },
  { packages: ['better-auth'], folders: [`${SERVER}/platform/auth`], why: 'sign-in is one module' },
];

export const packageDoors: SourceRule = {
  kind: 'source',
  name: 'one door: pg, carriers, jobs and sign-in',
  check(project) {
    const modules = project.product(SERVER, 'packages', 'convex');
    const findings = modules.flatMap((module) =>
      module.imports.flatMap((one): Finding[] => {
        const door = PACKAGE_DOORS.find(({ packages }) => one.package !== null && packages.includes(one.package));
        if (door === undefined || one.typeOnly || door.files?.includes(module.path)) return [];
        if (door.folders.some((folder) => module.path.startsWith(`${folder}/`))) return [];
        return [
          {
            file: module.path,
            line: one.line,
            text: `${one.package} is used outside ${door.folders.join(', ')}: ${door.why}`,
          },
        ];
      }),
    );
    return { read: modules.length, unit: 'modules', findings };
  },
  plants: PACKAGE_DOORS.flatMap(({ packages }) =>
    packages.map((name) => ({
      path: `${SERVER}/messaging/planted.ts`,
      text: `import planted from '${name}';\nexport const used = planted;\n`,
    })),
  ),
};

/** Pools are opened by the composition root and handed to the doors; whoever else had one could skip them. */
export const poolDoor: SourceRule = {
  kind: 'source',
  name: 'one door: connection pools',
  check(project) {
    const pools = `${SERVER}/platform/database/pools.ts`;
    const allowed = (file: string) => file.startsWith(`${SERVER}/platform/`) || POOL_OPENERS.includes(file);
    const modules = project.product(SERVER);
    const findings = modules.flatMap((module) =>
      module.imports
        .filter((one) => one.module === pools && !one.typeOnly && !allowed(module.path))
        .map(
          (one): Finding => ({
            file: module.path,
            line: one.line,
            text: 'opens connections past withTenant and withPlatform',
          }),
        ),
    );
    return { read: modules.length, unit: 'modules', findings };
  },
  plants: [
    {
      path: `${SERVER}/messaging/planted.ts`,
      text: "import { openPool } from '../platform/database/pools.ts';\nexport const used = openPool;\n",
    },
  ],
};
const POOL_OPENERS = [`${SERVER}/main.ts`];

/** The one place that hands a text to a carrier: after the policy, once per attempt row. */
const DISPATCH = `${SERVER}/messaging/dispatcher.ts`;

/** An adapter's call of its carrier's client: what stands behind the interface that dispatch alone may call. */
const ADAPTER = /^apps\/server\/src\/carriers\/[^/]+\/messaging\.ts$/;

export const sendDoor: SourceRule = astRule({
  name: 'one door: texts leave through dispatch',
  folders: [SERVER],
  look(module, found) {
    if (module.path === DISPATCH || ADAPTER.test(module.path)) return;
    walk(module.tree, (node) => {
      if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return;
      const { name, expression } = node.expression;
      // An HTTP answer is `reply.…send(…)`, with one argument; a carrier's takes the account and the text.
      if (name.text === 'send' && !isReply(expression)) found(node, 'sends past messaging/dispatcher.ts');
    });
  },
  plants: [`${SERVER}/messaging/planted.ts`, `${SERVER}/compliance/planted.ts`].map((path) => ({
    path,
    text: 'export const send = (c: any, a: any) => c.carriers("twilio").send(a, { body: "hi" });\n',
  })),
});

function isReply(expression: TypeScript.Expression): boolean {
  let at = expression;
  while (ts.isCallExpression(at) || ts.isPropertyAccessExpression(at)) at = at.expression;
  return ts.isIdentifier(at) && /^(?:reply|response|res)$/.test(at.text);
}

/** Routes that carriers call are registered by the door that checks their signature. */
const WEBHOOK_DOOR = /^apps\/server\/src\/carriers\/[^/]+\/webhook-door\.ts$/;

export const webhookDoor: SourceRule = astRule({
  name: 'one door: webhooks are verified',
  folders: [SERVER],
  look(module, found) {
    if (WEBHOOK_DOOR.test(module.path)) return;
    walk(module.tree, (node) => {
      if (ts.isPropertyAssignment(node) && node.name.getText() === 'access' && isText(node.initializer, /^webhook$/)) {
        found(node, 'registers a webhook route outside the verifying door');
      }
      if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return;
      const registers = /^(?:get|post|put|patch|delete|all|route)$/.test(node.expression.name.text);
      const argument = node.arguments[0];
      if (registers && argument !== undefined && mentionsWebhook(argument))
        found(node, 'registers a webhook route outside the verifying door');
    });
  },
  plants: [
    {
      path: `${SERVER}/messaging/planted.ts`,
      text: "export const r = (app: any) => app.post('/webhooks/other', () => null);\n",
    },
    {
      path: `${SERVER}/messaging/planted.ts`,
      text: "export const r = (app: any) => app.route({ url: '/webhooks/other' });\n",
    },
    { path: `${SERVER}/messaging/planted.ts`, text: "export const config = { access: 'webhook' };\n" },
  ],
});

function mentionsWebhook(argument: TypeScript.Expression): boolean {
  if (isText(argument, /^\/webhooks/)) return true;
  if (!ts.isObjectLiteralExpression(argument)) return false;
  return argument.properties.some((one) => ts.isPropertyAssignment(one) && isText(one.initializer, /^\/webhooks/));
}

/** Modules that may look at the environment: the settings, and the entry points that hand it to them. */
const ENVIRONMENT_READERS = new Set([
  `${SERVER}/main.ts`,
  `${SERVER}/supervisor/start.ts`,
  `${SERVER}/compliance/verify-cli.ts`,
  `${SERVER}/numbers/rotate-credential-cli.ts`,
  `${SERVER}/numbers/rotate-secrets-cli.ts`,
  `${SERVER}/platform/auth/rotate-hot-keys-cli.ts`,
  `${SERVER}/platform/postgres-server-cluster.ts`,
  'convex/auth.config.ts',
]);

export const settingsDoor: SourceRule = astRule({
  name: 'one door: the environment is read by the settings',
  folders: [SERVER, 'packages', 'convex', 'apps/web/src'],
  look(module, found) {
    if (ENVIRONMENT_READERS.has(module.path)) return;
    walk(module.tree, (node) => {
      const reads =
        ts.isPropertyAccessExpression(node) && node.name.text === 'env' && node.expression.getText() === 'process';
      if (reads) found(node, 'reads process.env; take a setting instead');
    });
  },
  plants: [
    { path: `${SERVER}/messaging/planted.ts`, text: 'export const port = process.env.PORT;\n' },
    { path: 'packages/domain/src/planted.ts', text: "export const port = process.env['PORT'];\n" },
  ],
});
