import { useQueries } from 'convex/react';
import type { FunctionArgs, FunctionReference, FunctionReturnType } from 'convex/server';
import { useMemo, useRef } from 'react';

type Query = FunctionReference<'query'>;

export interface Live<T> {
  /** The newest value; the last good one while an error lasts, so that a restart of the hot tier never empties a screen. */
  data: T | undefined;
  error: Error | null;
}

/** Subscribes to a hot-tier query. It never throws while rendering. Pass null to subscribe to nothing. */
export function useLive<Q extends Query>(query: Q, args: FunctionArgs<Q> | null): Live<FunctionReturnType<Q>> {
  const key = args === null ? null : JSON.stringify(args);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` is `args` by value; `query` is a constant of functions.ts.
  const queries = useMemo(() => (args === null ? {} : { only: { query, args } }), [key]);
  const result: unknown = useQueries(queries as Parameters<typeof useQueries>[0]).only;

  const last = useRef<{ key: string | null; data: FunctionReturnType<Q> | undefined }>({ key, data: undefined });
  if (last.current.key !== key) last.current = { key, data: undefined };
  if (result instanceof Error) return { data: last.current.data, error: result };
  if (result !== undefined) last.current.data = result as FunctionReturnType<Q>;
  return { data: last.current.data, error: null };
}
