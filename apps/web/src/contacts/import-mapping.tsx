import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { contacts } from '../api/calls-contacts.ts';
import type { ImportDetail } from '../api/types-contacts.ts';
import { noteOf, problemsOf } from '../settings/field-problems.ts';
import { Panel } from '../settings/panel.tsx';
import { FormNote } from '../ui/form-note.tsx';
import { targetChoices } from './import-words.ts';
import classes from './imports.module.css';
import { fieldsQuery, mappingsQuery } from './queries.ts';

const NEEDED = ['name', 'company', 'phone', 'email'];

/** What each column means; then a trial run, or the import itself. */
export function ImportMapping({ item }: { item: ImportDetail }) {
  const queries = useQueryClient();
  const fields = useQuery(fieldsQuery).data?.items ?? [];
  const saved = useQuery(mappingsQuery).data?.items ?? [];
  const [targets, setTargets] = useState<Array<string | null>>(() => {
    const known = item.mapping ?? item.suggestedMapping;
    return item.header.map((_, column) => known.find((each) => each.column === column)?.target ?? null);
  });
  const [whenKnown, setWhenKnown] = useState<'update' | 'skip'>(item.whenKnown ?? 'update');
  const [saveAs, setSaveAs] = useState('');
  const start = useMutation({
    mutationFn: (dryRun: boolean) =>
      contacts.startImport(item.id, {
        mapping: targets.map((target, column) => ({ column, target })),
        dryRun,
        whenKnown,
        ...(saveAs.trim() !== '' && { saveMappingAs: saveAs.trim() }),
      }),
    onSettled: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: ['contact-import', item.id] }),
        queries.invalidateQueries({ queryKey: mappingsQuery.queryKey }),
      ]),
  });
  const enough = targets.some((target) => target !== null && NEEDED.includes(target));
  const problem = problemsOf(start.error).mapping;
  const note = problem ?? noteOf(start.error, []);

  function apply(id: string) {
    const columns = saved.find((mapping) => mapping.id === id)?.columns ?? [];
    setTargets(item.header.map((heading) => columns.find((column) => column.heading === heading)?.target ?? null));
  }

  return (
    <Panel
      title="What the columns mean"
      action={
        saved.length > 0 && (
          <NativeSelect
            size="xs"
            aria-label="Use a saved mapping"
            value=""
            onChange={(event) => apply(event.currentTarget.value)}
            data={[
              { value: '', label: 'Use a saved mapping' },
              ...saved.map(({ id, name }) => ({ value: id, label: name })),
            ]}
          />
        )
      }
    >
      <ul>
        {item.header.map((heading, column) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: columns are told apart by their place alone.
          <li key={column} className={classes.column}>
            <div className={classes.heading}>
              <p className={classes.strong}>{heading || `Column ${column + 1}`}</p>
              <p className={classes.sample}>{samples(item.preview, column)}</p>
            </div>
            <NativeSelect
              size="xs"
              className={classes.target}
              aria-label={`What ${heading || `column ${column + 1}`} means`}
              value={targets[column] ?? ''}
              onChange={(event) => {
                const target = event.currentTarget.value || null;
                setTargets((before) => before.map((each, at) => (at === column ? target : each)));
              }}
              data={targetChoices(fields)}
            />
          </li>
        ))}
      </ul>
      <div className={classes.options}>
        <NativeSelect
          label="Contacts that are there already"
          description="They are known by their number or e-mail address."
          value={whenKnown}
          onChange={(event) => setWhenKnown(event.currentTarget.value as 'update' | 'skip')}
          data={[
            { value: 'update', label: 'Change what the file says, keep the rest' },
            { value: 'skip', label: 'Leave them as they are' },
          ]}
        />
        <TextInput
          label="Save this mapping as"
          description="For the next file with these headings. May stay empty."
          autoComplete="off"
          maxLength={80}
          value={saveAs}
          error={problemsOf(start.error).saveMappingAs}
          onChange={(event) => setSaveAs(event.currentTarget.value)}
        />
      </div>
      <div className={classes.foot}>
        <p className={classes.footWords}>
          {enough
            ? 'A trial run reads the whole file and changes nothing.'
            : 'Say of at least one column that it is a name, a company, a phone number or an e-mail address.'}
        </p>
        <Button
          variant="default"
          disabled={!enough}
          loading={start.isPending && start.variables}
          onClick={() => start.mutate(true)}
        >
          Trial run
        </Button>
        <Button disabled={!enough} loading={start.isPending && !start.variables} onClick={() => start.mutate(false)}>
          Import
        </Button>
        {note && <FormNote>{note}</FormNote>}
      </div>
    </Panel>
  );
}

/** The first few cells of a column that say something. */
function samples(preview: readonly string[][], column: number): string {
  const cells = preview.map((row) => row[column]?.trim() ?? '').filter(Boolean);
  return cells.slice(0, 3).join(', ') || 'Nothing in the first rows';
}
