import { Button } from '@mantine/core';
import { IconLock, IconSend2 } from '@tabler/icons-react';
import {
  type ClipboardEvent,
  type DragEvent,
  type KeyboardEvent,
  type RefObject,
  useEffect,
  useRef,
  useState,
} from 'react';
import type { DncFlag } from '../api/types.ts';
import { callName } from '../format/phone.ts';
import type { ThreadRow } from '../inbox/thread-row.ts';
import { usePreferences } from '../settings/preferences.ts';
import { usePhone } from '../ui/use-width.ts';
import { AttachButton } from './attach-button.tsx';
import { AttachmentList } from './attachment-list.tsx';
import classes from './composer.module.css';
import { useSendQueue } from './composer-context.tsx';
import { ComposerNotice } from './composer-notice.tsx';
import { LockBand } from './lock-band.tsx';
import { LONGEST_BODY, SegmentCounter } from './segment-counter.tsx';
import type { PendingSend } from './send-queue.ts';
import { useAttachments } from './use-attachments.ts';
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
  const { files, attachments } = useAttachments(row.threadId);
  const [problem, setProblem] = useState<string | null>(null);
  const acquiring = useRef(false);

  const others = lock.state === 'theirs' || (lock.state === 'lost' && lock.holder !== null);
  const tooLong = draft.body.length > LONGEST_BODY;
  const filesReady = files.every(({ state }) => state === 'ready');
  const maySend = (draft.body.trim() !== '' || files.length > 0) && filesReady && !tooLong && !others;

  // What certainly was not sent goes back to where it was written.
  const { give } = draft;
  useEffect(() => {
    for (const send of pending) {
      if (send.state !== 'returned') continue;
      queue.drop(send.key);
      give(send.input.body);
      attachments.give(send.media);
      if (send.code === 'lock_lost' || send.code === 'lock_required') {
        controller.dispatch({ type: 'renewalRefused', token: send.input.lockToken ?? 0 });
      } else {
        setProblem(`Not sent. ${send.problem ?? ''}`);
      }
    }
  }, [pending, queue, give, attachments, controller]);

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

  function attach(added: File[]) {
    if (added.length === 0) return;
    setProblem(attachments.add(added));
    controller.typed();
    field.current?.focus();
  }

  function onPaste(event: ClipboardEvent) {
    const pasted = [...event.clipboardData.files];
    if (pasted.length === 0) return;
    event.preventDefault();
    attach(pasted);
  }

  function onDrop(event: DragEvent) {
    const dropped = [...event.dataTransfer.files];
    if (dropped.length === 0) return;
    event.preventDefault();
    if (!others) attach(dropped);
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
    const media = attachments.take();
    typing.stopped();
    if (body.trim() === '' && media.length === 0) return;
    const text = { to: row.contact.address, from: row.number, body: body.trim() === '' ? '' : body, lockToken: token };
    const input = media.length === 0 ? text : { ...text, mediaIds: media.map(({ id }) => id) };
    queue.add(row.conversationId, input, lastSeq, media);
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
    <section
      className={classes.composer}
      aria-label="Answer"
      onDragOver={(event) => event.preventDefault()}
      onDrop={onDrop}
    >
      <LockBand threadLock={threadLock} typists={typing.typists} hasDraft={draft.body !== ''} />
      <ComposerNotice flag={flag} problem={problem} />
      <AttachmentList files={files} attachments={attachments} />
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
        onPaste={onPaste}
        onBlur={typing.stopped}
      />
      <div className={classes.bar}>
        <AttachButton onFiles={attach} disabled={others} />
        <span className={classes.hint}>
          {!onPhone && (enterSends ? 'Enter sends, Shift-Enter starts a line' : 'Ctrl-Enter sends')}
        </span>
        <SegmentCounter body={draft.body} withMedia={files.length > 0} />
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
