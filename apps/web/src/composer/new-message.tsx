import { Button, Group, Modal, NativeSelect, Textarea, TextInput } from '@mantine/core';
import { type PhoneProblem, parsePhone } from '@patchline/domain/phone';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useConvex } from 'convex/react';
import { ConvexError } from 'convex/values';
import { type FormEvent, useRef, useState } from 'react';
import { NoAnswerError, sentence } from '../api/errors.ts';
import { numbersQuery } from '../contact/use-numbers.ts';
import { newId } from '../format/new-id.ts';
import { phone, readerRegion } from '../format/phone.ts';
import { hot } from '../live/functions.ts';
import { useSession } from '../session/session.ts';
import { FormNote } from '../ui/form-note.tsx';
import { LONGEST_BODY, SegmentCounter } from './segment-counter.tsx';
import { startConversation } from './start-conversation.ts';

const PROBLEMS: Record<PhoneProblem, string> = {
  empty: 'Write the number to text.',
  malformed: 'That is not a phone number. Try the form +1 303 555 0142.',
  unknown_country: 'Begin with + and the country, such as +44.',
  too_short: 'A digit or more is missing.',
  too_long: 'That is a digit or more too many.',
  not_in_use: 'There is no such number.',
  has_extension: 'An extension cannot be texted. Write the number without it.',
  premium_rate: 'Premium numbers cannot be texted.',
};

/** A first text to somebody, or a text to a number without looking for its conversation. */
export function NewMessage({ onClose }: { onClose: () => void }) {
  const navigate = useNavigate();
  const convex = useConvex();
  const { tabId } = useSession();
  const numbers = useQuery(numbersQuery).data?.items ?? [];
  const [to, setTo] = useState('');
  const [from, setFrom] = useState('');
  const [body, setBody] = useState('');
  const [toProblem, setToProblem] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const busy = useRef(false);
  const [sending, setSending] = useState(false);
  // One pair of keys per composed message: pressing Send again after silence cannot send twice.
  const keys = useRef({ of: '', plain: '', locked: '' });

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (busy.current || body.trim() === '' || body.length > LONGEST_BODY) return;
    const parsed = parsePhone(to, readerRegion());
    if (!parsed.ok) {
      setToProblem(PROBLEMS[parsed.reason]);
      return;
    }
    const input = { to: parsed.e164, body, ...(from && { from }) };
    const of = JSON.stringify(input);
    if (keys.current.of !== of) keys.current = { of, plain: newId(), locked: newId() };
    busy.current = true;
    setSending(true);
    setProblem(null);
    try {
      const { conversationId } = await startConversation(input, keys.current, {
        take: async (threadId) => (await convex.mutation(hot.takeLock, { threadId, tabId })).token,
        release: (threadId, token) => {
          convex.mutation(hot.releaseLock, { threadId, tabId, token }).catch((error: unknown) => {
            console.info('The thread was not let go; its lease ends by itself.', error);
          });
        },
      });
      onClose();
      await navigate({ to: '/inbox/$conversationId', params: { conversationId } });
    } catch (error) {
      setProblem(words(error));
    } finally {
      busy.current = false;
      setSending(false);
    }
  }

  return (
    <Modal opened onClose={onClose} title="New message" size="md" closeButtonProps={{ 'aria-label': 'Close' }}>
      <form onSubmit={submit}>
        <TextInput
          label="To"
          type="tel"
          autoComplete="off"
          data-autofocus
          placeholder="(303) 555-0142"
          value={to}
          error={toProblem}
          onChange={(event) => {
            setTo(event.currentTarget.value);
            setToProblem(null);
          }}
        />
        {numbers.length > 1 && (
          <NativeSelect
            label="From"
            mt={12}
            value={from}
            onChange={(event) => setFrom(event.currentTarget.value)}
            data={[
              { value: '', label: 'The line last used with this person, else the usual one' },
              ...numbers.map(({ e164, name }) => ({ value: e164, label: `${name}, ${phone(e164)}` })),
            ]}
          />
        )}
        <Textarea
          label="Text"
          mt={12}
          autosize
          minRows={3}
          maxRows={10}
          value={body}
          onChange={(event) => setBody(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
            event.preventDefault();
            if (!event.repeat) event.currentTarget.form?.requestSubmit();
          }}
        />
        {problem && <FormNote>{problem}</FormNote>}
        <Group justify="flex-end" gap={12} mt={14}>
          <SegmentCounter body={body} />
          <Button type="submit" loading={sending} disabled={body.trim() === '' || body.length > LONGEST_BODY}>
            Send
          </Button>
        </Group>
      </form>
    </Modal>
  );
}

function words(error: unknown): string {
  if (error instanceof ConvexError) {
    const { holder } = error.data as { holder?: { name: string } };
    if (holder) return `${holder.name} is answering this person now. Nothing was sent.`;
  }
  if (error instanceof NoAnswerError) {
    return 'Not confirmed yet: no answer came. Press Send again; it cannot go out twice.';
  }
  return sentence(error);
}
