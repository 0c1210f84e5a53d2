import { Button } from '@mantine/core';
import { IconLock, IconSend2 } from '@tabler/icons-react';
import { type KeyboardEvent, type RefObject, useEffect, useRef, useState } from 'react';
import type { DncFlag } from '../api/types.ts';
import { callName } from '../format/phone.ts';
import type { ThreadRow } from '../inbox/thread-row.ts';
import { usePreferences } from '../settings/preferences.ts';
import { usePhone } from '../ui/use-width.ts';
import classes from './composer.module.css';
import { useSendQueue } from './composer-context.tsx';
import { ComposerNotice } from './composer-notice.tsx';
import { LockBand } from './lock-band.tsx';
import { LONGEST_BODY, SegmentCounter } from './segment-counter.tsx';
import type { PendingSend } from './send-queue.ts';
import type { Draft } from './use-draft.ts';
import { useLock } from './use-lock.ts';
import { useTyping } from './use-typing.ts';

interface Props {
  row: ThreadRow;
  lastSeq: number;
  draft: Draft;
  pending: readonly PendingSend[];
  field: RefObject<HTMLTextAreaElement | null>;
  flag: DncFlag | null;
}

export function Composer({ row, lastSeq, draft, pending, field, flag }: Props) {
  const { enterSends } = usePreferences();
  const onPhone = usePhone();
  const queue = useSendQueue();
  const threadLock = useLock(row.conversationId, row.threadId);
  const { lock, controller } = threadLock;
  const typing = useTyping(row.threadId);
  const [problem, setProblem] = useState<string | null>(null);
  const acquiring = useRef(false);

  const others = lock.state === 'theirs' || (lock.state === 'lost' && lock.holder !== null);
  const tooLong = draft.body.length > LONGEST_BODY;
  const maySend = draft.body.trim() !== '' && !tooLong && !others;

  // What certainly was not sent goes back to where it was written.
  const { give } = draft;
  useEffect(() => {
    for (const send of pending) {
      if (send.state !== 'returned') continue;
      queue.drop(send.key);
      give(send.input.body);
      if (send.code === 'lock_lost' || send.code === 'lock_required') {
        controller.dispatch({ type: 'renewalRefused', token: send.input.lockToken ?? 0 });
      } else {
        setProblem(`Not sent. ${send.problem ?? ''}`);
      }
    }
  }, [pending, queue, give, controller]);

  function change(body: string) {
    draft.set(body);
    setProblem(null);
    if (body.trim() === '') {
      typing.stopped();
      return;
    }
    controller.typed();
    if (!others) typing.typed();
  }

  async function send() {
    if (!maySend || acquiring.current) return;
    let token = lock.state === 'mine' ? lock.token : null;
    if (token === null) {
      acquiring.current = true;
      token = await controller.acquire();
      acquiring.current = false;
    }
    if (token === null) {
      if (controller.get().state === 'free') setProblem('The conversation could not be taken. Try again in a moment.');
      return;
    }
    const body = draft.take();
    typing.stopped();
    if (body.trim() === '') return;
    queue.add(row.conversationId, { to: row.contact.address, from: row.number, body, lockToken: token }, lastSeq);
  }

  function onKeyDown(event: KeyboardEvent<HTMLTextAreaElement>) {
    if (event.key === 'Escape') event.currentTarget.blur();
    if (event.key !== 'Enter' || event.nativeEvent.isComposing) return;
    const withMod = event.ctrlKey || event.metaKey;
    const sends = withMod || (enterSends && !event.shiftKey && !event.altKey);
    if (!sends) return;
    event.preventDefault();
    // Enter held down repeats; only its first press is a wish to send.
    if (!event.repeat) void send();
  }

  return (
    <section className={classes.composer} aria-label="Answer">
      <LockBand threadLock={threadLock} typists={typing.typists} hasDraft={draft.body !== ''} />
      <ComposerNotice flag={flag} problem={problem} />
      <textarea
        ref={field}
        className={classes.field}
        aria-label={`Text to ${callName(row.contact)}`}
        placeholder={`Write to ${callName(row.contact)}`}
        value={draft.body}
        rows={1}
        enterKeyHint={enterSends ? 'send' : 'enter'}
        onChange={(event) => change(event.currentTarget.value)}
        onKeyDown={onKeyDown}
        onBlur={typing.stopped}
      />
      <div className={classes.bar}>
        <span className={classes.hint}>
          {!onPhone && (enterSends ? 'Enter sends, Shift-Enter starts a line' : 'Ctrl-Enter sends')}
        </span>
        <SegmentCounter body={draft.body} />
        <Button
          size="xs"
          className={classes.send}
          disabled={!maySend}
          onClick={() => void send()}
          leftSection={
            others ? (
              <IconLock size={16} stroke={1.7} aria-hidden="true" />
            ) : (
              <IconSend2 size={16} stroke={1.7} aria-hidden="true" />
            )
          }
        >
          Send
        </Button>
      </div>
    </section>
  );
}
