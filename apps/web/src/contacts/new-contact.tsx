import { Button, Group, Modal, NativeSelect, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { contacts } from '../api/calls-contacts.ts';
import { hasCode } from '../api/errors.ts';
import type { ContactType, NewAddress } from '../api/types-contacts.ts';
import { noteOf, problemsOf } from '../settings/field-problems.ts';
import { FormNote } from '../ui/form-note.tsx';
import { AddressTakenNote } from './address-taken-note.tsx';
import { contactsChanged } from './queries.ts';

/** A name and where somebody can be reached. Everything else is added on the contact's own page. */
export function NewContact({ onClose }: { onClose: () => void }) {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [name, setName] = useState('');
  const [company, setCompany] = useState('');
  const [number, setNumber] = useState('');
  const [email, setEmail] = useState('');
  const [type, setType] = useState<ContactType>('lead');

  const addresses: NewAddress[] = [];
  if (number.trim() !== '') addresses.push({ channel: 'sms', address: number.trim() });
  if (email.trim() !== '') addresses.push({ channel: 'email', address: email.trim() });
  const empty = name.trim() === '' && company.trim() === '' && addresses.length === 0;

  const make = useMutation({
    mutationFn: () => contacts.make({ name: name.trim() || null, company: company.trim() || null, type, addresses }),
    onSuccess: async ({ id }) => {
      onClose();
      await navigate({ to: '/contacts/$contactId', params: { contactId: id } });
      void contactsChanged(queries);
    },
  });
  const problems = problemsOf(make.error);
  // Changing an address forgets the answer, so the places are those of what was sent.
  const problemAt = (channel: NewAddress['channel']) =>
    problems[`addresses.${addresses.findIndex((each) => each.channel === channel)}.address`];
  const note = noteOf(make.error, Object.keys(problems));
  const taken = hasCode(make.error, 'address_taken') ? make.error : null;

  function submit(event: FormEvent) {
    event.preventDefault();
    if (!empty && !make.isPending) make.mutate();
  }

  return (
    <Modal opened onClose={onClose} title="New contact" size="sm" closeButtonProps={{ 'aria-label': 'Close' }}>
      <form onSubmit={submit} noValidate>
        <TextInput
          label="Name"
          data-autofocus
          autoComplete="off"
          maxLength={200}
          value={name}
          error={problems.name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <TextInput
          mt={12}
          label="Phone number"
          type="tel"
          autoComplete="off"
          placeholder="303 555 0142, or + and the country"
          value={number}
          error={problemAt('sms')}
          onChange={(event) => {
            setNumber(event.currentTarget.value);
            make.reset();
          }}
        />
        <TextInput
          mt={12}
          label="E-mail address"
          type="email"
          autoComplete="off"
          value={email}
          error={problemAt('email')}
          onChange={(event) => {
            setEmail(event.currentTarget.value);
            make.reset();
          }}
        />
        <TextInput
          mt={12}
          label="Company"
          autoComplete="off"
          maxLength={200}
          value={company}
          error={problems.company}
          onChange={(event) => setCompany(event.currentTarget.value)}
        />
        <NativeSelect
          mt={12}
          label="Type"
          value={type}
          onChange={(event) => setType(event.currentTarget.value as ContactType)}
          data={[
            { value: 'lead', label: 'Lead' },
            { value: 'customer', label: 'Customer' },
          ]}
        />
        {taken ? <AddressTakenNote error={taken} onOpen={onClose} /> : note && <FormNote>{note}</FormNote>}
        <Group justify="flex-end" gap={8} mt={16}>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={make.isPending} disabled={empty}>
            Add
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
