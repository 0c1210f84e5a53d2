import { Button, Progress } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { contacts, importErrorsUrl } from '../api/calls-contacts.ts';
import { sentence } from '../api/errors.ts';
import type { ContactImport } from '../api/types-contacts.ts';
import { Panel } from '../settings/panel.tsx';
import { Chip } from '../ui/chip.tsx';
import { FormNote } from '../ui/form-note.tsx';
import { isRunning, STATUS_WORDS, statusTone } from './import-words.ts';
import classes from './imports.module.css';
import { contactsChanged } from './queries.ts';

/** How far it is, what became of the rows, and what to do about those with a mistake. */
export function ImportProgress({ item }: { item: ContactImport }) {
  const queries = useQueryClient();
  const running = isRunning(item);
  const cancel = useMutation({
    mutationFn: () => contacts.cancelImport(item.id),
    onSettled: () => queries.invalidateQueries({ queryKey: ['contact-import', item.id] }),
  });
  // Lists show the new contacts as soon as the last of them is there.
  const before = useRef(item.status);
  useEffect(() => {
    if (before.current === 'importing' && item.status !== 'importing') void contactsChanged(queries);
    before.current = item.status;
  }, [item.status, queries]);

  const part = item.bytes.total > 0 ? (100 * item.bytes.done) / item.bytes.total : 0;
  const trial = item.status === 'checking' || item.status === 'checked';
  const { rows } = item;
  return (
    <Panel
      title={trial ? 'Trial run' : 'Import'}
      action={<Chip tone={statusTone(item)}>{item.canceling && running ? 'Stopping' : STATUS_WORDS[item.status]}</Chip>}
    >
      {running && (
        <div className={classes.running}>
          <Progress value={part} size="sm" aria-label="Read so far" />
          <div className={classes.line}>
            <p className={classes.quiet} role="status">
              {rows.done.toLocaleString()} rows, {Math.floor(part)} % of the file. You may leave this page; it goes on.
            </p>
            <Button
              variant="default"
              disabled={item.canceling}
              loading={cancel.isPending}
              onClick={() => cancel.mutate()}
            >
              Cancel
            </Button>
          </div>
          {cancel.isError && <FormNote>{sentence(cancel.error)}</FormNote>}
        </div>
      )}
      <dl className={classes.counts}>
        <Count name={trial ? 'Would be new' : 'New'} value={rows.created} />
        <Count name={trial ? 'Would change' : 'Changed'} value={rows.updated} />
        <Count name="As they were" value={rows.unchanged} />
        <Count name="With a mistake" value={rows.failed} bad={rows.failed > 0} />
      </dl>
      {item.error && (
        <div className={classes.inset}>
          <FormNote>{item.error}</FormNote>
        </div>
      )}
      {item.status === 'canceled' && (
        <p className={classes.words}>It was stopped. What had been stored by then stays.</p>
      )}
      {!running && (rows.failed > 0 || item.status === 'done') && (
        <div className={classes.foot}>
          {rows.failed > 0 && (
            <>
              <p className={classes.footWords}>
                The file has the rows that were not taken, each with what is wrong. Correct them there and import it.
              </p>
              <Button
                component="a"
                href={importErrorsUrl(item.id)}
                download
                variant="default"
                leftSection={<IconDownload size={16} stroke={1.7} aria-hidden="true" />}
              >
                Rows with a mistake
              </Button>
            </>
          )}
          {item.status === 'done' && (
            <Button component={Link} to="/contacts">
              Show contacts
            </Button>
          )}
        </div>
      )}
    </Panel>
  );
}

function Count({ name, value, bad }: { name: string; value: number; bad?: boolean }) {
  return (
    <div className={classes.count} data-bad={bad || undefined}>
      <dt>{name}</dt>
      <dd>{value.toLocaleString()}</dd>
    </div>
  );
}
