import type { TaskList } from 'graphile-worker';
import { type ImportDeps, type ImportJob, runImport } from './run-import.ts';

export { exportRoutes } from './export-routes.ts';
export { createImportFiles } from './import-files.ts';
export { importRoutes } from './routes.ts';
export type { ImportDeps } from './run-import.ts';

/** The background work of imports. */
export function importJobs(deps: ImportDeps): TaskList {
  return {
    import_contacts: (payload, { abortSignal }) =>
      runImport(deps, payload as ImportJob, abortSignal ?? new AbortController().signal),
  };
}
