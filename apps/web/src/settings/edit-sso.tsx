import { Button, CopyButton, Group, Modal, PasswordInput, Switch, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { people } from '../api/calls-people.ts';
import type { SsoProvider } from '../api/types-people.ts';
import { FormNote } from '../ui/form-note.tsx';
import classes from './edit-sso.module.css';
import { noteOf, problemsOf } from './field-problems.ts';
import { ssoQuery } from './people-queries.ts';

const FIELDS = ['domain', 'issuer', 'clientId', 'clientSecret'] as const;

/** Where the provider sends people back to. */
const CALLBACK = '/api/auth/sso/callback';

export function EditSso({ provider, onClose }: { provider: SsoProvider | null; onClose: () => void }) {
  const queries = useQueryClient();
  const [values, setValues] = useState({
    domain: provider?.domain ?? '',
    issuer: provider?.issuer ?? '',
    clientId: provider?.clientId ?? '',
    clientSecret: '',
  });
  const [required, setRequired] = useState(provider?.required ?? false);
  const save = useMutation({
    mutationFn: async () => {
      const body = {
        domain: values.domain.trim(),
        issuer: values.issuer.trim(),
        clientId: values.clientId.trim(),
        required,
      };
      if (provider === null) return people.addSso({ ...body, clientSecret: values.clientSecret.trim() });
      const secret = values.clientSecret.trim();
      return people.changeSso(provider.id, secret === '' ? body : { ...body, clientSecret: secret });
    },
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ssoQuery.queryKey });
      onClose();
    },
  });
  const problems = problemsOf(save.error);
  const note = noteOf(save.error, FIELDS);
  const complete = FIELDS.every(
    (field) => values[field].trim() !== '' || (field === 'clientSecret' && provider !== null),
  );
  const callback = `${window.location.origin}${CALLBACK}`;

  const field = (name: (typeof FIELDS)[number]) => ({
    value: values[name],
    error: problems[name],
    mt: 12,
    spellCheck: false,
    autoComplete: 'off',
    onChange: (event: { currentTarget: { value: string } }) => {
      const { value } = event.currentTarget;
      setValues((before) => ({ ...before, [name]: value }));
    },
  });

  function submit(event: FormEvent) {
    event.preventDefault();
    if (complete && !save.isPending) save.mutate();
  }

  return (
    <Modal
      opened
      onClose={onClose}
      title={provider ? `Single sign-on for ${provider.domain}` : 'Add single sign-on'}
      size="md"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form onSubmit={submit}>
        <p>Register Patchline with your provider as a web application, with this redirect address:</p>
        <div className={classes.callback}>
          <code>{callback}</code>
          <CopyButton value={callback}>
            {({ copied, copy }) => (
              <Button variant="subtle" size="compact-sm" onClick={copy}>
                {copied ? 'Copied' : 'Copy'}
              </Button>
            )}
          </CopyButton>
        </div>
        <TextInput
          label="Email domain"
          description="People whose email ends in it use this sign-in, such as quillmere.example."
          data-autofocus
          {...field('domain')}
        />
        <TextInput label="Issuer" description="Begins with https://. Your provider shows it." {...field('issuer')} />
        <TextInput label="Client ID" {...field('clientId')} />
        <PasswordInput
          label="Client secret"
          description={
            provider
              ? 'Leave it empty to keep the one that is stored.'
              : 'It is stored encrypted and never shown again.'
          }
          visibilityToggleButtonProps={{ 'aria-label': 'Show the secret' }}
          {...field('clientSecret')}
        />
        <Switch
          mt={16}
          label="Required"
          description="Passwords of this domain no longer work, except owners’. Try the sign-in yourself before you switch this on."
          checked={required}
          onChange={(event) => setRequired(event.currentTarget.checked)}
        />
        {note && <FormNote>{note}</FormNote>}
        <Group justify="flex-end" gap={8} mt={16}>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={save.isPending} disabled={!complete}>
            {save.isPending ? 'Checking…' : 'Check and save'}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
