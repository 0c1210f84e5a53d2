import { IconAlertTriangle } from '@tabler/icons-react';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { sentence } from '../api/errors.ts';
import classes from './loaded.module.css';
import { StateNote } from './state-note.tsx';
import { useLate } from './use-late.ts';

interface Props<T> {
  query: UseQueryResult<T>;
  /** "The people", as in "The people did not load". */
  what: string;
  children: (data: T) => ReactNode;
}

/** What a question to the server answered; until then lines of the same height, and what went wrong with a way on. */
export function Loaded<T>({ query, what, children }: Props<T>) {
  const late = useLate(query.isPending);
  if (query.data !== undefined) return children(query.data);
  if (query.isError) {
    return (
      <StateNote
        icon={<IconAlertTriangle size={20} stroke={1.7} />}
        tone="error"
        title={`${what} did not load`}
        action={{ label: 'Try again', onClick: () => void query.refetch(), loading: query.isFetching }}
      >
        {sentence(query.error)}
      </StateNote>
    );
  }
  if (!late) return <div className={classes.waiting} />;
  return (
    <div className={classes.bones} role="status">
      <span className="sr-only">{what} are loading.</span>
      <div className={classes.bone} />
      <div className={classes.bone} />
      <div className={classes.bone} />
    </div>
  );
}
