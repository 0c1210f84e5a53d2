import { makeFunctionReference } from 'convex/server';

type Args = Record<string, unknown>;
/** References to fixture functions, whose results the tests look at themselves. */
export const q = <R = unknown>(path: string) => makeFunctionReference<'query', Args, R>(path);
export const m = <R = unknown>(path: string) => makeFunctionReference<'mutation', Args, R>(path);
export const a = <R = unknown>(path: string) => makeFunctionReference<'action', Args, R>(path);
