import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconArrowBackUp, IconCheck, IconChevronLeft, IconUser } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { api } from '../api/calls.ts';
import { sentence } from '../api/errors.ts';
import { numbersQuery } from '../contact/use-numbers.ts';
import { callName, phone } from '../format/phone.ts';
import type { ThreadRow } from '../inbox/thread-row.ts';
import { useShortcuts } from '../shell/use-shortcuts.ts';
import { IconButton } from '../ui/icon-button.tsx';
import { useNarrow, usePhone } from '../ui/use-width.ts';
import classes from './conversation-head.module.css';

interface Props {
  row: ThreadRow;
  status: 'open' | 'closed';
  onReply: () => void;
}

export function ConversationHead({ row, status, onReply }: Props) {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const narrow = useNarrow();
  const onPhone = usePhone();
  const numbers = useQuery(numbersQuery).data?.items;
  const line = numbers?.find((number) => number.e164 === row.number)?.name || phone(row.number);
  const closed = status === 'closed';

  const change = useMutation({
    mutationFn: () => (closed ? api.reopen(row.conversationId) : api.close(row.conversationId)),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ['conversations'] });
      void queries.invalidateQueries({ queryKey: ['conversation', row.conversationId] });
    },
    onError: (error) => {
      const title = closed ? 'The conversation is still closed' : 'The conversation is still open';
      notifications.show({ color: 'red', title, message: sentence(error) });
    },
  });

  useShortcuts({ r: onReply, e: () => !change.isPending && change.mutate() });

  return (
    <header className={classes.head}>
      {onPhone && (
        <IconButton
          label="Back to the list"
          size={40}
          onClick={() => void navigate({ to: '/inbox', search: (old) => ({ ...old, pane: undefined }) })}
        >
          <IconChevronLeft size={22} stroke={1.7} />
        </IconButton>
      )}
      <div className={classes.who}>
        <h1 className={`${classes.name} truncate`}>{callName(row.contact)}</h1>
        <p className={`${classes.number} truncate`}>
          {row.contact.name ? `${phone(row.contact.address)} to ${line}` : `to ${line}`}
        </p>
      </div>
      {narrow && (
        <IconButton
          label="Contact"
          size={onPhone ? 40 : 30}
          onClick={() => void navigate({ to: '.', search: (old) => ({ ...old, pane: 'contact' as const }) })}
        >
          <IconUser size={18} stroke={1.7} />
        </IconButton>
      )}
      <Button
        variant="default"
        className={classes.close}
        loading={change.isPending}
        onClick={() => change.mutate()}
        leftSection={
          closed ? <IconArrowBackUp size={16} stroke={1.7} /> : <IconCheck size={16} stroke={1.7} aria-hidden="true" />
        }
      >
        {closed ? 'Reopen' : 'Close'}
      </Button>
    </header>
  );
}
