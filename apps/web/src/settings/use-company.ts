import { type UseMutationResult, useMutation, useQueryClient } from '@tanstack/react-query';
import { people } from '../api/calls-people.ts';
import type { CompanyChange } from '../api/types-people.ts';
import { meQuery } from '../session/load-session.ts';
import { companyQuery } from './people-queries.ts';

/** Changes the company's settings, and what the desk shows of them. */
export function useChangeCompany(onDone?: () => void): UseMutationResult<unknown, Error, CompanyChange> {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: people.changeCompany,
    onSuccess: async () => {
      await Promise.all([
        queries.invalidateQueries({ queryKey: companyQuery.queryKey }),
        queries.invalidateQueries({ queryKey: meQuery.queryKey }),
      ]);
      onDone?.();
    },
  });
}
