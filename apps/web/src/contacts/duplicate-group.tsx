import { Button, Checkbox, Radio } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { contacts } from '../api/calls-contacts.ts';
import { sentence } from '../api/errors.ts';
import type { FoundContact, DuplicateGroup as Group } from '../api/types-contacts.ts';
import { Panel } from '../settings/panel.tsx';
import { FormNote } from '../ui/form-note.tsx';
import { contactTitle, written } from './contact-names.ts';
import classes from './duplicates.module.css';
import { contactsChanged } from './queries.ts';
import { offerUndo } from './undo.tsx';
import { united } from './united.ts';

/** A few contacts of one name: who is in it, which one stays, and what it will be. */
export function DuplicateGroup({ group, mayMerge }: { group: Group; mayMerge: boolean }) {
  const queries = useQueryClient();
  const [keepId, setKeep] = useState(group.contacts[0]?.id ?? '');
  const [left, setLeft] = useState<readonly string[]>([]);
  const keep = group.contacts.find(({ id }) => id === keepId);
  const others = group.contacts.filter(({ id }) => id !== keepId && !left.includes(id));
  const title = group.contacts[0] ? contactTitle(group.contacts[0]) : '';

  const merge = useMutation({
    mutationFn: () =>
      contacts.merge(
        keepId,
        others.map(({ id }) => id),
      ),
    onSuccess: async ({ mergeId }) => {
      offerUndo(`${title}: ${others.length + 1} contacts are one now.`, async () => {
        await contacts.undoMerge(mergeId);
        await contactsChanged(queries);
      });
      await contactsChanged(queries);
    },
  });

  return (
    <Panel title={title} action={<span className={classes.why}>{group.why}</span>}>
      <ul>
        {group.contacts.map((contact) => (
          <li key={contact.id} className={classes.row} data-left={left.includes(contact.id) || undefined}>
            {mayMerge && (
              <>
                <Checkbox
                  size="xs"
                  aria-label={`Merge ${about(contact)}`}
                  checked={!left.includes(contact.id)}
                  disabled={contact.id === keepId}
                  onChange={() =>
                    setLeft((before) =>
                      before.includes(contact.id) ? before.filter((id) => id !== contact.id) : [...before, contact.id],
                    )
                  }
                />
                <Radio
                  size="xs"
                  label="Keep"
                  aria-label={`Keep ${about(contact)}`}
                  name={`keep-${group.contacts[0]?.id}`}
                  checked={contact.id === keepId}
                  onChange={() => {
                    setKeep(contact.id);
                    setLeft((before) => before.filter((id) => id !== contact.id));
                  }}
                />
              </>
            )}
            <div className={classes.words}>
              <Link to="/contacts/$contactId" params={{ contactId: contact.id }} className={classes.name}>
                {contactTitle(contact)}
              </Link>
              <p className={classes.about}>{about(contact)}</p>
            </div>
          </li>
        ))}
      </ul>
      {mayMerge && keep && (
        <div className={classes.foot}>
          <div className={classes.words}>
            <p className={classes.preview}>Afterwards</p>
            <p className={classes.about}>
              {contactTitle(united(keep, others))}: {about(united(keep, others))}
            </p>
          </div>
          <Button loading={merge.isPending} disabled={others.length === 0} onClick={() => merge.mutate()}>
            Merge {others.length + 1} into one
          </Button>
          {merge.isError && <FormNote>{sentence(merge.error)}</FormNote>}
        </div>
      )}
    </Panel>
  );
}

/** What tells contacts of one name apart. */
function about(contact: FoundContact): string {
  return [
    contact.company,
    ...contact.addresses.map(written),
    contact.type === 'customer' ? 'customer' : 'lead',
    contact.owner && `of ${contact.owner.name}`,
    ...contact.tags,
  ]
    .filter(Boolean)
    .join(' · ');
}
