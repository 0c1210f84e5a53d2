import { Button, Group, Modal, Switch, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api } from '../api/calls.ts';
import type { CarrierAccount, ConnectedNumber, NumberChange } from '../api/types.ts';
import { phone } from '../format/phone.ts';
import { FormNote } from '../ui/form-note.tsx';
import { numbersChanged } from './accounts-query.ts';
import { CARRIERS } from './carrier-words.ts';
import { noteOf, problemsOf } from './field-problems.ts';
import { type Sending, SendingFields, sendingChanged } from './sending-fields.tsx';

interface Props {
  number: ConnectedNumber;
  carrier: CarrierAccount['carrier'];
  onClose: () => void;
}

export function ChangeNumber({ number, carrier, onClose }: Props) {
  const queries = useQueryClient();
  const [name, setName] = useState(number.name);
  const [isDefault, setDefault] = useState(number.isDefault);
  const [carrierAutoReply, setCarrierAutoReply] = useState(number.carrierAutoReply);
  const [active, setActive] = useState(number.active);
  const [sending, setSending] = useState<Sending>({
    messagingService: number.messagingService ?? '',
    sendingClass: number.sendingClass ?? '',
    campaign: number.campaign ?? '',
  });
  const save = useMutation({
    mutationFn: () => api.changeNumber(number.id, changed()),
    onSuccess: async () => {
      await numbersChanged(queries);
      onClose();
    },
  });

  const note = noteOf(save.error, ['messagingService', 'campaign']);

  function changed(): NumberChange {
    return {
      ...(name.trim() === number.name ? {} : { name: name.trim() }),
      ...(isDefault && !number.isDefault ? { isDefault: true as const } : {}),
      ...(carrierAutoReply === number.carrierAutoReply ? {} : { carrierAutoReply }),
      ...(active === number.active ? {} : { active }),
      ...sendingChanged(number, sending),
    };
  }

  function submit(event: FormEvent) {
    event.preventDefault();
    if (name.trim() !== '' && !save.isPending) save.mutate();
  }

  return (
    <Modal opened onClose={onClose} title={phone(number.e164)} size="md" closeButtonProps={{ 'aria-label': 'Close' }}>
      <form onSubmit={submit}>
        <TextInput
          label="Name your team will see"
          data-autofocus
          maxLength={120}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Switch
          mt={16}
          label="New conversations go out from this number"
          description={number.isDefault ? 'To change it, make another number the default.' : undefined}
          checked={isDefault}
          disabled={number.isDefault || !active}
          onChange={(event) => setDefault(event.currentTarget.checked)}
        />
        <Switch
          mt={12}
          label="The carrier answers STOP and HELP itself"
          description={`${CARRIERS[carrier].name} does unless you switched it off there. If both answered, people would get two texts.`}
          checked={carrierAutoReply}
          onChange={(event) => setCarrierAutoReply(event.currentTarget.checked)}
        />
        <Switch
          mt={12}
          label="In use"
          description="Switched off, nothing is sent from it. Texts to it still arrive."
          checked={active}
          onChange={(event) => {
            setActive(event.currentTarget.checked);
            if (!event.currentTarget.checked) setDefault(number.isDefault);
          }}
        />
        <SendingFields carrier={carrier} value={sending} onChange={setSending} problems={problemsOf(save.error)} />
        {note && <FormNote>{note}</FormNote>}
        <Group justify="flex-end" gap={8} mt={16}>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={save.isPending} disabled={name.trim() === ''}>
            Save
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
