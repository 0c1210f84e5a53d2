import { queryOptions } from '@tanstack/react-query';
import { api } from '../api/calls.ts';

/** Our own numbers, by their names. They change rarely. */
export const numbersQuery = queryOptions({ queryKey: ['numbers'], queryFn: api.numbers, staleTime: 10 * 60_000 });
