import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { contacts } from '../api/calls-contacts.ts';
import type { ContactImport } from '../api/types-contacts.ts';
import { Panel } from '../settings/panel.tsx';
import { Loaded } from '../ui/loaded.tsx';
import { ImportMapping } from './import-mapping.tsx';
import { ImportProgress } from './import-progress.tsx';
import { isRunning } from './import-words.ts';
import classes from './imports.module.css';
import { SubPage } from './sub-page.tsx';

const POLL_MS = 1_000;
const BACK = { to: '/contacts/imports', label: 'Imports' } as const;

/** One import from the mapping to the result. It has an address of its own: who comes back finds it as far as it is. */
export function ImportPage() {
  const { importId } = useParams({ from: '/desk/contacts/imports/$importId' });
  const found = useQuery({
    queryKey: ['contact-import', importId],
    queryFn: () => contacts.import(importId),
    refetchInterval: ({ state }) => (state.data && isRunning(state.data) ? POLL_MS : false),
  });
  return (
    <SubPage title={found.data?.name ?? 'Import'} back={BACK}>
      <Loaded query={found} what="The import">
        {(item) => (
          <>
            {item.startedAt !== null && <ImportProgress item={item} />}
            {item.canStart && <ImportMapping key={item.id} item={item} />}
            <Preview item={item} />
          </>
        )}
      </Loaded>
    </SubPage>
  );
}

function Preview({ item }: { item: ContactImport }) {
  return (
    <Panel title="The first rows of the file">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
      <section className={classes.scroll} tabIndex={0} aria-label="The first rows of the file">
        <table className={classes.table}>
          <thead>
            <tr>
              {item.header.map((heading, column) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: columns are told apart by their place alone.
                <th key={column} scope="col">
                  {heading || `Column ${column + 1}`}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {item.preview.map((row, place) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: rows of a file have no other name.
              <tr key={place}>
                {item.header.map((_, column) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: as above.
                  <td key={column}>{row[column]}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </Panel>
  );
}
