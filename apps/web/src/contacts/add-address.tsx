import { Button, Group, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { contacts } from '../api/calls-contacts.ts';
import { hasCode } from '../api/errors.ts';
import type { Contact } from '../api/types-contacts.ts';
import { noteOf, problemsOf } from '../settings/field-problems.ts';
import { FormNote } from '../ui/form-note.tsx';
import { AddressTakenNote } from './address-taken-note.tsx';
import classes from './contact-page.module.css';

interface Props {
  contactId: string;
  onAdded: (contact: Contact) => void;
  onClose: () => void;
}

/** A number or an e-mail address: which of both is told by the @. */
export function AddAddress({ contactId, onAdded, onClose }: Props) {
  const [address, setAddress] = useState('');
  const [label, setLabel] = useState('');
  const add = useMutation({
    mutationFn: () =>
      contacts.addAddress(contactId, {
        channel: address.includes('@') ? 'email' : 'sms',
        address: address.trim(),
        label: label.trim() || null,
      }),
    onSuccess: (contact) => {
      onAdded(contact);
      onClose();
    },
  });
  const problems = problemsOf(add.error);
  const note = noteOf(add.error, ['address', 'label']);

  function submit(event: FormEvent) {
    event.preventDefault();
    if (address.trim() !== '' && !add.isPending) add.mutate();
  }

  return (
    <form className={classes.form} onSubmit={submit}>
      <TextInput
        label="Number or e-mail address"
        autoFocus
        autoComplete="off"
        maxLength={254}
        value={address}
        error={problems.address}
        onChange={(event) => {
          setAddress(event.currentTarget.value);
          add.reset();
        }}
      />
      <TextInput
        mt={10}
        label="What it is"
        placeholder="Home, work, the shop (may stay empty)"
        autoComplete="off"
        maxLength={40}
        value={label}
        error={problems.label}
        onChange={(event) => setLabel(event.currentTarget.value)}
      />
      {hasCode(add.error, 'address_taken') ? (
        <AddressTakenNote error={add.error} />
      ) : (
        note && <FormNote>{note}</FormNote>
      )}
      <Group justify="flex-end" gap={8} mt={12}>
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" loading={add.isPending} disabled={address.trim() === ''}>
          Add
        </Button>
      </Group>
    </form>
  );
}
