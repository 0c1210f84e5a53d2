import { renderErrorsDoc } from '../../apps/server/src/platform/http/errors-doc.ts';
import { convexApi } from './convex-api.ts';
import { permissionsPage } from './permissions-page.ts';
import { settingsPage } from './settings-page.ts';

/** A file that is made from the code: `npm run docs:generate` writes it, `npm run check` compares it. */
export type GeneratedFile = { path: string; make(root: string): string | Promise<string> };

export const GENERATED_FILES: readonly GeneratedFile[] = [
  { path: 'docs/settings.md', make: settingsPage },
  { path: 'docs/permissions.md', make: permissionsPage },
  { path: 'docs/errors.md', make: renderErrorsDoc },
  { path: 'docs/api/openapi.json', make: openApi },
  { path: 'convex/_generated/api.d.ts', make: convexApi },
];

async function openApi(): Promise<string> {
  // Loaded when needed: it brings the whole server with it.
  const { openApiDocument } = await import('../../apps/server/src/http-api.ts');
  return `${JSON.stringify(await openApiDocument(), null, 2)}\n`;
}
