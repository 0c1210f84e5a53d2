import { IconAddressBook, IconAlertTriangle, IconSearch } from '@tabler/icons-react';
import type { UseInfiniteQueryResult } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { sentence } from '../api/errors.ts';
import type { ContactFilter } from '../api/types-contacts.ts';
import { useMay } from '../session/use-may.ts';
import { StateNote } from '../ui/state-note.tsx';
import { useLate } from '../ui/use-late.ts';
import { isNarrowed } from './contact-search.ts';
import classes from './contacts-page.module.css';

const ICON = { size: 20, stroke: 1.7 } as const;
const BONES = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];

/** What stands where rows would: loading, failed, nobody yet, nobody found. */
export function ContactListState({ filter, query }: { filter: ContactFilter; query: UseInfiniteQueryResult }) {
  const navigate = useNavigate();
  const may = useMay();
  const late = useLate(query.isPending);
  if (query.isPending) {
    if (!late) return null;
    return (
      <div className={classes.bones} role="status">
        <span className="sr-only">The contacts are loading.</span>
        {BONES.map((bone) => (
          <div key={bone} className={classes.bone} />
        ))}
      </div>
    );
  }
  return (
    <div className={classes.state}>
      {query.isError ? (
        <StateNote
          icon={<IconAlertTriangle {...ICON} />}
          tone="error"
          title="The contacts did not load"
          action={{ label: 'Try again', onClick: () => void query.refetch(), loading: query.isFetching }}
        >
          {sentence(query.error)}
        </StateNote>
      ) : isNarrowed(filter) ? (
        <StateNote
          icon={<IconSearch {...ICON} />}
          title="Nobody found"
          action={{ label: 'Show all', onClick: () => void navigate({ to: '/contacts', search: {} }) }}
        >
          {filter.q
            ? `No contact has “${filter.q}” at the beginning of a name, company, number or e-mail address.`
            : 'No contact is like that. Try fewer filters.'}
        </StateNote>
      ) : (
        <StateNote
          icon={<IconAddressBook {...ICON} />}
          title="There are no contacts yet"
          action={
            may('contacts.import')
              ? { label: 'Import a file', onClick: () => void navigate({ to: '/contacts/imports' }) }
              : undefined
          }
        >
          Whoever texts you becomes one by themselves. You can also add them one by one, or bring a file.
        </StateNote>
      )}
    </div>
  );
}
