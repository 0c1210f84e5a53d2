import { useMutation, useQueryClient } from '@tanstack/react-query';
import { contacts } from '../api/calls-contacts.ts';
import { sentence } from '../api/errors.ts';
import type { Contact, ContactChange } from '../api/types-contacts.ts';
import { contactQuery } from '../contact/use-contact.ts';
import { problemsOf } from '../settings/field-problems.ts';
import { contactsChanged } from './queries.ts';

/** Changes one thing of a contact; what is wrong with it stands beside its own field. */
export function useChange(contact: Contact, path: string) {
  const queries = useQueryClient();
  const change = useMutation({
    // Changes of one contact go out one after another: the later answer is the one that stays.
    scope: { id: `contact-${contact.id}` },
    mutationFn: (body: ContactChange) => contacts.change(contact.id, body),
    onSuccess: (changed) => {
      queries.setQueryData(contactQuery(contact.id).queryKey, changed);
      void contactsChanged(queries);
    },
  });
  const problem = change.isError ? (problemsOf(change.error)[path] ?? sentence(change.error)) : undefined;
  return { save: change.mutate, saving: change.isPending, problem, forget: change.reset };
}
