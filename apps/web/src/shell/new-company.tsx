import { Button, Group, Modal, NativeSelect, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { people } from '../api/calls-people.ts';
import { noteOf, problemsOf } from '../settings/field-problems.ts';
import { TIME_ZONES } from '../settings/time-zones.ts';
import { FormNote } from '../ui/form-note.tsx';

/** Makes a further company on this server and goes there. */
export function NewCompany({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('');
  const [timeZone, setTimeZone] = useState(() => Intl.DateTimeFormat().resolvedOptions().timeZone);
  const make = useMutation({
    mutationFn: async () => {
      const { id } = await people.makeCompany({ name: name.trim(), timeZone });
      await people.switchCompany(id);
    },
    onSuccess: () => window.location.assign('/settings/company'),
  });
  const problems = problemsOf(make.error);
  const note = noteOf(make.error, ['name', 'timeZone']);

  function submit(event: FormEvent) {
    event.preventDefault();
    if (name.trim() !== '' && !make.isPending) make.mutate();
  }

  return (
    <Modal opened onClose={onClose} title="New company" size="sm" closeButtonProps={{ 'aria-label': 'Close' }}>
      <form onSubmit={submit}>
        <p>It has its own people, numbers and conversations. You become its owner, and go there now.</p>
        <TextInput
          label="Name"
          mt={14}
          data-autofocus
          maxLength={120}
          value={name}
          error={problems.name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <NativeSelect
          label="Time zone"
          mt={12}
          data={TIME_ZONES}
          value={timeZone}
          error={problems.timeZone}
          onChange={(event) => setTimeZone(event.currentTarget.value)}
        />
        {note && <FormNote>{note}</FormNote>}
        <Group justify="flex-end" gap={8} mt={16}>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={make.isPending} disabled={name.trim() === ''}>
            Make the company
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
