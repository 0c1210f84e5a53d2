import { Button } from '@mantine/core';
import { IconFileSpreadsheet } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { contacts } from '../api/calls-contacts.ts';
import type { ContactImport, SavedMapping } from '../api/types-contacts.ts';
import { moment } from '../format/time.ts';
import list from '../settings/list.module.css';
import { Panel } from '../settings/panel.tsx';
import { Chip } from '../ui/chip.tsx';
import { Confirm } from '../ui/confirm.tsx';
import { Loaded } from '../ui/loaded.tsx';
import { StateNote } from '../ui/state-note.tsx';
import { useNow } from '../ui/use-now.ts';
import { DropFile } from './drop-file.tsx';
import { isRunning, rowWords, STATUS_WORDS, statusTone } from './import-words.ts';
import classes from './imports.module.css';
import { importsQuery, mappingsQuery } from './queries.ts';
import { SubPage } from './sub-page.tsx';

const POLL_MS = 2_000;

/** A new import, and those there were. */
export function ImportsPage() {
  const imports = useQuery({
    ...importsQuery,
    refetchInterval: ({ state }) => (state.data?.items.some(isRunning) ? POLL_MS : false),
  });
  const now = useNow();
  const queries = useQueryClient();
  const [leaving, setLeaving] = useState<ContactImport | null>(null);
  return (
    <SubPage title="Import contacts" back={{ to: '/contacts', label: 'Contacts' }}>
      <DropFile />
      <Panel title="Imports so far">
        <Loaded query={imports} what="The imports">
          {({ items }) =>
            items.length === 0 ? (
              <StateNote icon={<IconFileSpreadsheet size={20} stroke={1.7} />} title="There was none yet">
                A file is looked at first; nothing is stored before you say so.
              </StateNote>
            ) : (
              <ul className={list.list}>
                {items.map((item) => (
                  <li key={item.id} className={list.row}>
                    <div className={list.words}>
                      <Link to="/contacts/imports/$importId" params={{ importId: item.id }} className={classes.name}>
                        {item.name}
                      </Link>
                      <p className={list.about}>
                        {moment(Date.parse(item.createdAt), now)}
                        {item.startedAt && `. ${rowWords(item)}`}
                      </p>
                    </div>
                    <Chip tone={statusTone(item)}>{STATUS_WORDS[item.status]}</Chip>
                    <div className={list.actions}>
                      {!isRunning(item) && (
                        <Button
                          variant="subtle"
                          size="compact-sm"
                          c="var(--red)"
                          aria-label={`Delete the import of ${item.name}`}
                          onClick={() => setLeaving(item)}
                        >
                          Delete
                        </Button>
                      )}
                    </div>
                  </li>
                ))}
              </ul>
            )
          }
        </Loaded>
      </Panel>
      <Mappings />
      {leaving && (
        <Confirm
          title={`Delete the import of ${leaving.name}?`}
          action="Delete"
          keep="Keep it"
          run={() => contacts.forgetImport(leaving.id)}
          onDone={() => queries.invalidateQueries({ queryKey: importsQuery.queryKey })}
          onClose={() => setLeaving(null)}
        >
          The file and the list of its mistakes are deleted. The contacts stay.
        </Confirm>
      )}
    </SubPage>
  );
}

/** Mappings that were saved: used by themselves for files with the same headings. */
function Mappings() {
  const queries = useQueryClient();
  const items = useQuery(mappingsQuery).data?.items ?? [];
  const [leaving, setLeaving] = useState<SavedMapping | null>(null);
  if (items.length === 0) return null;
  return (
    <Panel title="Saved mappings">
      <ul className={list.list}>
        {items.map((mapping) => (
          <li key={mapping.id} className={list.row}>
            <div className={list.words}>
              <p className={list.name}>{mapping.name}</p>
              <p className={list.about}>{mapping.columns.map(({ heading }) => heading).join(', ')}</p>
            </div>
            <Button
              variant="subtle"
              size="compact-sm"
              c="var(--red)"
              aria-label={`Delete the mapping ${mapping.name}`}
              onClick={() => setLeaving(mapping)}
            >
              Delete
            </Button>
          </li>
        ))}
      </ul>
      {leaving && (
        <Confirm
          title={`Delete the mapping “${leaving.name}”?`}
          action="Delete"
          keep="Keep it"
          run={() => contacts.forgetMapping(leaving.id)}
          onDone={() => queries.invalidateQueries({ queryKey: mappingsQuery.queryKey })}
          onClose={() => setLeaving(null)}
        >
          Columns of the next file are guessed by their headings alone.
        </Confirm>
      )}
    </Panel>
  );
}
