import { Button, Group, Modal, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { QRCodeSVG } from 'qrcode.react';
import { type FormEvent, useState } from 'react';
import { beginSecondFactor, finishSecondFactor } from '../api/sign-in.ts';
import { FormNote } from '../ui/form-note.tsx';
import { AskPassword } from './ask-password.tsx';
import { noteOf, problemsOf } from './field-problems.ts';
import { RecoveryCodes } from './recovery-codes.tsx';
import classes from './second-factor.module.css';

interface Props {
  onClose: () => void;
  onDone: () => unknown;
}

/** Password, then the picture for the app and a first code, then the recovery codes. */
export function SetUpSecondFactor({ onClose, onDone }: Props) {
  const [begun, setBegun] = useState<{ uri: string; recoveryCodes: string[] } | null>(null);
  const [code, setCode] = useState('');
  const finish = useMutation({ mutationFn: () => finishSecondFactor(code.replace(/\s/g, '')) });
  const note = noteOf(finish.error, ['code']);

  if (begun === null) {
    return (
      <AskPassword
        title="Set up a second factor"
        action="Go on"
        run={beginSecondFactor}
        onDone={setBegun}
        onCancel={onClose}
      >
        You need an authenticator app on your phone, such as 2FAS, Aegis or Google Authenticator. First your password.
      </AskPassword>
    );
  }
  if (finish.isSuccess) {
    return (
      <RecoveryCodes
        codes={begun.recoveryCodes}
        onClose={() => {
          void onDone();
          onClose();
        }}
      />
    );
  }

  function submit(event: FormEvent) {
    event.preventDefault();
    if (code.trim() !== '' && !finish.isPending) finish.mutate();
  }

  return (
    <Modal
      opened
      onClose={onClose}
      title="Scan this with your app"
      size="md"
      closeOnClickOutside={false}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form onSubmit={submit}>
        <div className={classes.scan}>
          <div className={classes.picture}>
            <QRCodeSVG value={begun.uri} size={168} title="Picture for the authenticator app" />
          </div>
          <div>
            <p>Open the app, add an account, and hold the camera to the picture.</p>
            <p className={classes.manual}>No camera? Type this key into the app:</p>
            <code className={classes.key}>{keyOf(begun.uri)}</code>
          </div>
        </div>
        <TextInput
          label="Code"
          description="The six digits that the app shows now."
          mt={14}
          data-autofocus
          inputMode="numeric"
          autoComplete="one-time-code"
          maxLength={10}
          value={code}
          error={problemsOf(finish.error).code}
          onChange={(event) => setCode(event.currentTarget.value)}
        />
        {note && <FormNote>{note}</FormNote>}
        <Group justify="flex-end" gap={8} mt={16}>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={finish.isPending} disabled={code.trim() === ''}>
            Check and switch on
          </Button>
        </Group>
      </form>
    </Modal>
  );
}

/** The secret of an otpauth address in groups of four, as people type it. */
function keyOf(uri: string): string {
  const secret = new URL(uri).searchParams.get('secret') ?? '';
  return secret.replace(/(.{4})(?=.)/g, '$1 ');
}
