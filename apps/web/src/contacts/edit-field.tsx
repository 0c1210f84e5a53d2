import { Button, Group, Modal, NativeSelect, Textarea, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { contacts } from '../api/calls-contacts.ts';
import type { ContactField, FieldType } from '../api/types-contacts.ts';
import { noteOf, problemsOf } from '../settings/field-problems.ts';
import { FormNote } from '../ui/form-note.tsx';
import { FIELD_TYPES } from './field-types.ts';

interface Props {
  field: ContactField | null;
  onSaved: () => unknown;
  onClose: () => void;
}

/** A field's name and choices. Its type is decided once: values that are there must stay readable. */
export function EditField({ field, onSaved, onClose }: Props) {
  const [label, setLabel] = useState(field?.label ?? '');
  const [type, setType] = useState<FieldType>(field?.type ?? 'text');
  const [choices, setChoices] = useState(field?.options?.join('\n') ?? '');
  const options = [...new Set(choices.split('\n').map((each) => each.trim()))].filter(Boolean);
  const incomplete = label.trim() === '' || (type === 'choice' && options.length === 0);
  const save = useMutation({
    mutationFn: (): Promise<unknown> =>
      field
        ? contacts.changeField(field.id, { label: label.trim(), ...(type === 'choice' && { options }) })
        : contacts.addField({ label: label.trim(), type, options: type === 'choice' ? options : null }),
    onSuccess: async () => {
      await onSaved();
      onClose();
    },
  });
  const problems = problemsOf(save.error);
  const note = noteOf(save.error, ['label', 'options']);

  function submit(event: FormEvent) {
    event.preventDefault();
    if (!incomplete && !save.isPending) save.mutate();
  }

  return (
    <Modal
      opened
      onClose={onClose}
      title={field ? `Field “${field.label}”` : 'New field'}
      size="sm"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form onSubmit={submit}>
        <TextInput
          label="Name"
          data-autofocus
          autoComplete="off"
          maxLength={80}
          value={label}
          error={problems.label}
          onChange={(event) => setLabel(event.currentTarget.value)}
        />
        <NativeSelect
          mt={12}
          label="Type"
          description={field ? 'The type stays, so that the values stay readable.' : undefined}
          disabled={field !== null}
          value={type}
          onChange={(event) => setType(event.currentTarget.value as FieldType)}
          data={Object.entries(FIELD_TYPES).map(([value, words]) => ({ value, label: words }))}
        />
        {type === 'choice' && (
          <Textarea
            mt={12}
            label="Choices"
            description="One on each line."
            autosize
            minRows={3}
            maxRows={10}
            value={choices}
            error={problems.options}
            onChange={(event) => setChoices(event.currentTarget.value)}
          />
        )}
        {note && <FormNote>{note}</FormNote>}
        <Group justify="flex-end" gap={8} mt={16}>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={save.isPending} disabled={incomplete}>
            {field ? 'Save' : 'Add the field'}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
