import { queryOptions } from '@tanstack/react-query';
import { api } from '../api/calls.ts';

export const meQuery = queryOptions({ queryKey: ['me'], queryFn: api.me, staleTime: 60_000, retry: 1 });
export const setupQuery = queryOptions({ queryKey: ['setup'], queryFn: api.setupNeeded, staleTime: 0, retry: 1 });
