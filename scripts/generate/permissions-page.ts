import { aboutPermission, PERMISSIONS, type Permission, roleMay } from '../../packages/contracts/src/permissions.ts';
import { ROLES } from '../../packages/contracts/src/roles.ts';

/** docs/permissions.md: who may do what, and by which routes of the API. */
export async function permissionsPage(): Promise<string> {
  // Loaded when needed: it brings the whole server with it.
  const { openApiDocument } = await import('../../apps/server/src/http-api.ts');
  const { paths } = await openApiDocument();
  const routes = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({
      permission: operation['x-permission'],
      name: `\`${method.toUpperCase()} ${path}\``,
    })),
  );
  const routesOf = (permission: Permission) =>
    routes.filter((route) => route.permission === permission).map(({ name }) => name);
  const groups = [...new Set(PERMISSIONS.map((permission) => aboutPermission(permission).group))];
  return [
    '# Who may do what',
    '',
    'Made from `packages/contracts/src/permissions.ts` and the routes. An API key has a role, and may be held to some of the',
    'permissions of that role (its scopes).',
    ...groups.flatMap((group) => [
      '',
      `## ${group}`,
      '',
      `| permission | what it allows | ${ROLES.join(' | ')} | routes |`,
      `|---|---|${ROLES.map(() => '---|').join('')}---|`,
      ...PERMISSIONS.filter((permission) => aboutPermission(permission).group === group).map((permission) => {
        const cells = ROLES.map((role) => (roleMay(role, permission) ? 'yes' : ''));
        const { words } = aboutPermission(permission);
        return `| \`${permission}\` | ${words} | ${cells.join(' | ')} | ${routesOf(permission).join('<br>')} |`;
      }),
    ]),
    '',
  ].join('\n');
}
