import { queryOptions } from '@tanstack/react-query';
import { api } from '../api/calls.ts';
import { NoAnswerError } from '../api/errors.ts';

/** Asked once more when no answer came; a refusal is an answer. */
const isSilence = (failures: number, error: Error) => failures < 1 && error instanceof NoAnswerError;

export const meQuery = queryOptions({ queryKey: ['me'], queryFn: api.me, staleTime: 60_000, retry: isSilence });
export const setupQuery = queryOptions({
  queryKey: ['setup'],
  queryFn: api.setupNeeded,
  staleTime: 0,
  retry: isSilence,
});
