import { Drawer } from '@mantine/core';
import { IconAlertTriangle, IconMapOff } from '@tabler/icons-react';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { hasCode, sentence } from '../api/errors.ts';
import { ContactPane } from '../contact/contact-pane.tsx';
import { StateNote } from '../ui/state-note.tsx';
import { useNarrow, usePhone } from '../ui/use-width.ts';
import { Conversation } from './conversation.tsx';
import classes from './conversation-page.module.css';
import { useConversation } from './use-conversation.ts';

/** One conversation and the person in it. Where the screen is narrow, the person opens over it. */
export function ConversationPage() {
  const { conversationId } = useParams({ from: '/desk/inbox/$conversationId' });
  const { pane } = useSearch({ from: '/desk/inbox' });
  const navigate = useNavigate();
  const narrow = useNarrow();
  const phone = usePhone();
  const { row, error, retry } = useConversation(conversationId);

  if (error) {
    const missing = hasCode(error, 'not_found') || hasCode(error, 'invalid_input');
    return (
      <main className={classes.state}>
        {missing ? (
          <StateNote
            icon={<IconMapOff size={20} stroke={1.7} />}
            title="There is no such conversation"
            action={{ label: 'Go to the inbox', onClick: () => void navigate({ to: '/inbox' }) }}
          >
            The link may be old, or it belongs to another team.
          </StateNote>
        ) : (
          <StateNote
            icon={<IconAlertTriangle size={20} stroke={1.7} />}
            tone="error"
            title="The conversation did not load"
            action={{ label: 'Try again', onClick: retry }}
          >
            {sentence(error)}
          </StateNote>
        )}
      </main>
    );
  }
  if (!row) return <main className={classes.state} aria-busy="true" aria-label="Loading the conversation" />;

  const closePane = () => void navigate({ to: '.', search: (old) => ({ ...old, pane: undefined }), replace: true });
  return (
    <div className={classes.page} data-narrow={narrow || undefined}>
      <Conversation key={row.threadId} row={row} />
      {narrow ? (
        <Drawer
          opened={pane === 'contact'}
          onClose={closePane}
          position="right"
          size={phone ? '100%' : 340}
          title="Contact"
          closeButtonProps={{ 'aria-label': 'Close the contact' }}
          transitionProps={{ duration: 220 }}
          classNames={{ body: classes.drawer }}
        >
          <ContactPane row={row} />
        </Drawer>
      ) : (
        <aside className={classes.contact} aria-label="Contact">
          <ContactPane row={row} />
        </aside>
      )}
    </div>
  );
}
