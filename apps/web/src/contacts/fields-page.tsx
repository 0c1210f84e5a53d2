import { Button } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconForms, IconPlus } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { contacts } from '../api/calls-contacts.ts';
import { sentence } from '../api/errors.ts';
import type { ContactField } from '../api/types-contacts.ts';
import list from '../settings/list.module.css';
import { Panel } from '../settings/panel.tsx';
import { Confirm } from '../ui/confirm.tsx';
import { FormNote } from '../ui/form-note.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { Loaded } from '../ui/loaded.tsx';
import { StateNote } from '../ui/state-note.tsx';
import { EditField } from './edit-field.tsx';
import { FIELD_TYPES } from './field-types.ts';
import { fieldsQuery } from './queries.ts';

/** What a company wants to know of its contacts beside the usual. */
export function ContactFields() {
  const queries = useQueryClient();
  const fields = useQuery(fieldsQuery);
  const [editing, edit] = useState<ContactField | 'new' | null>(null);
  const [leaving, setLeaving] = useState<ContactField | null>(null);
  const reload = () => queries.invalidateQueries({ queryKey: fieldsQuery.queryKey });
  const move = useMutation({
    mutationFn: async (order: ContactField[]) => {
      for (const [position, field] of order.entries()) {
        if (field.position !== position) await contacts.changeField(field.id, { position });
      }
    },
    onSettled: reload,
  });

  function moved(items: ContactField[], from: number, to: number) {
    const order = [...items];
    order.splice(to, 0, ...order.splice(from, 1));
    move.mutate(order);
  }

  return (
    <>
      <Panel
        title="Contact fields"
        action={
          <Button onClick={() => edit('new')} leftSection={<IconPlus size={16} stroke={1.7} aria-hidden="true" />}>
            New field
          </Button>
        }
      >
        <Loaded query={fields} what="The fields">
          {({ items }) =>
            items.length === 0 ? (
              <StateNote icon={<IconForms size={20} stroke={1.7} />} title="There are no fields of your own">
                Contacts have a name, a company, a type, an owner, tags and addresses. Add what else you want to know,
                such as a roof’s age or the day of a visit.
              </StateNote>
            ) : (
              <ul className={list.list}>
                {items.map((field, at) => (
                  <li key={field.id} className={list.row}>
                    <div className={list.words}>
                      <p className={list.name}>{field.label}</p>
                      <p className={list.about}>
                        {FIELD_TYPES[field.type]}
                        {field.options && `: ${field.options.join(', ')}`}. In files and the API:{' '}
                        <code>{field.key}</code>
                      </p>
                    </div>
                    <div className={list.actions}>
                      <IconButton
                        label={`Move ${field.label} up`}
                        disabled={at === 0 || move.isPending}
                        onClick={() => moved(items, at, at - 1)}
                      >
                        <IconArrowUp size={16} stroke={1.7} />
                      </IconButton>
                      <IconButton
                        label={`Move ${field.label} down`}
                        disabled={at === items.length - 1 || move.isPending}
                        onClick={() => moved(items, at, at + 1)}
                      >
                        <IconArrowDown size={16} stroke={1.7} />
                      </IconButton>
                      <Button
                        variant="subtle"
                        size="compact-sm"
                        aria-label={`Change ${field.label}`}
                        onClick={() => edit(field)}
                      >
                        Change
                      </Button>
                      <Button
                        variant="subtle"
                        size="compact-sm"
                        c="var(--red)"
                        aria-label={`Delete ${field.label}`}
                        onClick={() => setLeaving(field)}
                      >
                        Delete
                      </Button>
                    </div>
                  </li>
                ))}
              </ul>
            )
          }
        </Loaded>
        {move.isError && <FormNote>{sentence(move.error)}</FormNote>}
      </Panel>
      {editing && <EditField field={editing === 'new' ? null : editing} onSaved={reload} onClose={() => edit(null)} />}
      {leaving && (
        <Confirm
          title={`Delete the field “${leaving.label}”?`}
          action="Delete"
          keep="Keep it"
          run={() => contacts.removeField(leaving.id)}
          onDone={reload}
          onClose={() => setLeaving(null)}
        >
          It is not shown any more. Its values are kept: a new field named the same shows them again.
        </Confirm>
      )}
    </>
  );
}
