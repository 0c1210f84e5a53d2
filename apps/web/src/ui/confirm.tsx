import { Button, Group, Modal } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { sentence } from '../api/errors.ts';
import { FormNote } from './form-note.tsx';

interface Props {
  title: string;
  /** What the button does, in a word or two. */
  action: string;
  /** The way out, where the focus is. */
  keep?: string;
  run: () => Promise<unknown>;
  /** After it worked, before the dialog goes. */
  onDone?: () => unknown;
  onClose: () => void;
  /** What will be so afterwards. */
  children: ReactNode;
}

/** Asks before something that hurts. It says what will be so, stays while it runs, and says what went wrong. */
export function Confirm({ title, action, keep = 'Cancel', run, onDone, onClose, children }: Props) {
  const act = useMutation({
    mutationFn: run,
    onSuccess: async () => {
      await onDone?.();
      onClose();
    },
  });
  return (
    <Modal opened onClose={onClose} title={title} size="sm" closeButtonProps={{ 'aria-label': 'Close' }}>
      <p>{children}</p>
      {act.isError && <FormNote>{sentence(act.error)}</FormNote>}
      <Group justify="flex-end" gap={8} mt={16}>
        <Button variant="default" data-autofocus onClick={onClose}>
          {keep}
        </Button>
        <Button color="red" loading={act.isPending} onClick={() => act.mutate()}>
          {action}
        </Button>
      </Group>
    </Modal>
  );
}
