import { ApiError, sentence } from '../api/errors.ts';

/** What the server did not take, by field, as sentences. */
export function problemsOf(error: unknown): Record<string, string> {
  if (!(error instanceof ApiError) || !Array.isArray(error.details)) return {};
  const details = error.details as Array<{ path?: unknown; message?: unknown }>;
  return Object.fromEntries(
    details.map(({ path, message }) => [String(path), `This ${String(message ?? 'is not valid')}.`]),
  );
}

/** What stands beside the button: nothing when a field of `fields` says it already. */
export function noteOf(error: unknown, fields: readonly string[]): string | null {
  if (error === null) return null;
  const problems = problemsOf(error);
  return fields.some((field) => problems[field] !== undefined) ? null : sentence(error);
}
