import { Button } from '@mantine/core';
import { IconInbox } from '@tabler/icons-react';
import { useFrame } from '../shell/frame-context.ts';
import { usePhone } from '../ui/use-width.ts';
import classes from './no-conversation.module.css';

export function NoConversation() {
  const phone = usePhone();
  const { openNewMessage, openHelp } = useFrame();
  if (phone) return null;
  return (
    <main className={classes.empty}>
      <div>
        <IconInbox size={20} stroke={1.7} color="var(--text-3)" aria-hidden="true" />
        <h1 className={classes.title}>No conversation is open</h1>
        <p className={classes.text}>Choose one on the left, or press J to go through them.</p>
        <div className={classes.actions}>
          <Button variant="default" onClick={openNewMessage}>
            New message
          </Button>
          <Button variant="subtle" onClick={openHelp}>
            Keyboard
          </Button>
        </div>
      </div>
    </main>
  );
}
