import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { sentence } from '../api/errors.ts';

const OFFERED_MS = 20_000;

/** Says what was done, and offers for a while to take it back. */
export function offerUndo(done: string, undo: () => Promise<unknown>): void {
  const id = `undo-${Date.now()}`;
  const run = async () => {
    notifications.update({ id, message: 'One moment…', autoClose: false });
    try {
      await undo();
      notifications.update({ id, message: 'It is as it was before.', autoClose: 4_000 });
    } catch (error) {
      notifications.update({ id, color: 'red', message: sentence(error), autoClose: OFFERED_MS });
    }
  };
  notifications.show({
    id,
    autoClose: OFFERED_MS,
    closeButtonProps: { 'aria-label': 'Close' },
    message: (
      <span style={{ display: 'flex', alignItems: 'center', justifyContent: 'space-between', gap: 12 }}>
        {done}
        <Button variant="default" size="compact-sm" onClick={() => void run()}>
          Undo
        </Button>
      </span>
    ),
  });
}
