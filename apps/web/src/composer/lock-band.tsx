import { Button, Group, Modal } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { atLeast } from '@patchline/contracts/roles';
import { IconLock, IconLockOpen } from '@tabler/icons-react';
import { useState } from 'react';
import { sentence } from '../api/errors.ts';
import type { Holder, Typist } from '../live/functions.ts';
import { useSession } from '../session/session.ts';
import { Avatar } from '../ui/avatar.tsx';
import { FormNote } from '../ui/form-note.tsx';
import { TypingDots } from '../ui/typing-dots.tsx';
import classes from './lock-band.module.css';
import type { ThreadLock } from './use-lock.ts';

interface Props {
  threadLock: ThreadLock;
  typists: readonly Typist[];
  hasDraft: boolean;
}

/** Who is answering, on the composer, where the hand is. */
export function LockBand({ threadLock, typists, hasDraft }: Props) {
  const { lock } = threadLock;
  return (
    <div role="status" className={classes.place}>
      {lock.state === 'mine' && (
        <p className={classes.band} data-tone="mine">
          <IconLock size={16} stroke={1.7} aria-hidden="true" />
          <span>
            <strong>You are answering.</strong> Others can read.
          </span>
          <Button variant="subtle" size="compact-sm" className={classes.action} onClick={threadLock.letGo}>
            Let go
          </Button>
        </p>
      )}
      {lock.state === 'lost' && lock.holder === null && (
        <p className={classes.band} data-tone="lost">
          <IconLockOpen size={16} stroke={1.7} aria-hidden="true" />
          <span>
            <strong>You are no longer answering.</strong>{' '}
            {hasDraft ? 'Your draft is kept. Type to take it again.' : 'Type to take it again.'}
          </span>
        </p>
      )}
      {(lock.state === 'theirs' || (lock.state === 'lost' && lock.holder !== null)) && lock.holder && (
        <Others
          threadLock={threadLock}
          holder={lock.holder}
          lost={lock.state === 'lost'}
          typing={typists.some((each) => each.userId === lock.holder?.userId)}
          hasDraft={hasDraft}
        />
      )}
    </div>
  );
}

interface OthersProps {
  threadLock: ThreadLock;
  holder: Holder;
  lost: boolean;
  typing: boolean;
  hasDraft: boolean;
}

function Others({ threadLock, holder, lost, typing, hasDraft }: OthersProps) {
  const { me } = useSession();
  const [asking, ask] = useDisclosure(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const mine = holder.userId === me.user.id;

  async function run(act: () => Promise<void>) {
    setBusy(true);
    setProblem(null);
    try {
      await act();
      ask.close();
    } catch (error) {
      setProblem(sentence(error));
    }
    setBusy(false);
  }

  return (
    <div className={classes.band} data-tone="others">
      <Avatar name={holder.name} size={20} />
      <span className={classes.words}>
        <strong>
          {mine
            ? 'You are answering in another tab'
            : lost
              ? `${holder.name} took over`
              : `${holder.name} is answering`}
        </strong>
        {typing && <TypingDots />}
        {hasDraft && <span>Your draft is kept.</span>}
      </span>
      {mine ? (
        <Button
          variant="default"
          size="compact-sm"
          className={classes.action}
          loading={busy}
          onClick={() => void run(threadLock.answerHere)}
        >
          Answer here
        </Button>
      ) : (
        atLeast(me.role, 'supervisor') && (
          <Button variant="default" size="compact-sm" className={classes.action} onClick={ask.open}>
            Take over
          </Button>
        )
      )}
      <Modal
        opened={asking}
        onClose={ask.close}
        title={`Take over from ${holder.name}?`}
        size="sm"
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <p>
          {holder.name} sees at once that you are answering now and keeps the draft, but can no longer send it. It is
          recorded that you took over.
        </p>
        {problem && <FormNote>{problem}</FormNote>}
        <Group justify="flex-end" gap={8} mt={16}>
          <Button variant="default" onClick={ask.close}>
            Leave it
          </Button>
          <Button loading={busy} onClick={() => void run(threadLock.takeOver)}>
            Take over
          </Button>
        </Group>
      </Modal>
    </div>
  );
}
