import { type QueryClient, queryOptions } from '@tanstack/react-query';
import { api } from '../api/calls.ts';

export const accountsQuery = queryOptions({ queryKey: ['carrier-accounts'], queryFn: api.carrierAccounts });

/** After a change: the accounts here, and the numbers that the composer and the inbox name. */
export function numbersChanged(queries: QueryClient): Promise<unknown> {
  return Promise.all([
    queries.invalidateQueries({ queryKey: accountsQuery.queryKey }),
    queries.invalidateQueries({ queryKey: ['numbers'] }),
  ]);
}
