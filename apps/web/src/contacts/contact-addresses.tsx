import { Button } from '@mantine/core';
import { IconBan, IconMail, IconMessage, IconPlus, IconTrash } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { contacts } from '../api/calls-contacts.ts';
import type { Contact, ContactAddress } from '../api/types-contacts.ts';
import { flagWords } from '../contact/flag-words.ts';
import { contactQuery } from '../contact/use-contact.ts';
import { Chip } from '../ui/chip.tsx';
import { Confirm } from '../ui/confirm.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { AddAddress } from './add-address.tsx';
import { written } from './contact-names.ts';
import classes from './contact-page.module.css';
import { contactsChanged } from './queries.ts';

const CHIP_ICON = { size: 12, stroke: 1.9, 'aria-hidden': true } as const;

interface Props {
  contact: Contact;
  readOnly: boolean;
  now: number;
}

/** Where the contact can be reached, and what each number asked of us. */
export function ContactAddresses({ contact, readOnly, now }: Props) {
  const queries = useQueryClient();
  const [adding, setAdding] = useState(false);
  const [leaving, setLeaving] = useState<ContactAddress | null>(null);
  const show = (changed: Contact) => {
    queries.setQueryData(contactQuery(contact.id).queryKey, changed);
    void contactsChanged(queries);
  };
  return (
    <section className={classes.card} aria-label="Numbers and e-mail">
      <div className={classes.cardHead}>
        <h2 className={classes.title}>Numbers and e-mail</h2>
        {!readOnly && !adding && (
          <Button
            variant="subtle"
            size="compact-sm"
            leftSection={<IconPlus size={14} stroke={1.9} aria-hidden="true" />}
            onClick={() => setAdding(true)}
          >
            Add
          </Button>
        )}
      </div>
      {contact.addresses.length === 0 && !adding && (
        <p className={classes.empty}>There is no number or e-mail address yet, so nothing can be sent.</p>
      )}
      <ul>
        {contact.addresses.map((address) => (
          <Row
            key={`${address.channel} ${address.address}`}
            address={address}
            now={now}
            onRemove={readOnly ? null : () => setLeaving(address)}
          />
        ))}
      </ul>
      {adding && <AddAddress contactId={contact.id} onAdded={show} onClose={() => setAdding(false)} />}
      {leaving && (
        <Confirm
          title={`Take ${written(leaving)} from this contact?`}
          action="Take away"
          keep="Keep it"
          run={async () => show(await contacts.removeAddress(contact.id, leaving.channel, leaving.address))}
          onClose={() => setLeaving(null)}
        >
          The conversations stay, and so does what this number asked of us. Who writes from it next is a new contact.
        </Confirm>
      )}
    </section>
  );
}

function Row({ address, now, onRemove }: { address: ContactAddress; now: number; onRemove: (() => void) | null }) {
  const { channel, dnc } = address;
  return (
    <li className={classes.address}>
      <span className={classes.digits}>
        {written(address)} {address.label && <span className={classes.tag}>{address.label}</span>}
      </span>
      {channel === 'email' ? (
        <Chip icon={<IconMail {...CHIP_ICON} />}>E-mail</Chip>
      ) : dnc.sms?.set ? (
        <Chip tone="red" icon={<IconBan {...CHIP_ICON} />}>
          SMS off
        </Chip>
      ) : (
        <Chip tone="green" icon={<IconMessage {...CHIP_ICON} />}>
          SMS on
        </Chip>
      )}
      {onRemove ? (
        <IconButton label={`Take ${written(address)} away`} size={26} onClick={onRemove}>
          <IconTrash size={15} stroke={1.7} />
        </IconButton>
      ) : (
        <span />
      )}
      {channel === 'sms' && (
        <p className={classes.how}>
          {dnc.sms ? flagWords(dnc.sms, now) : 'They never asked us to stop.'}
          {dnc.sms?.set && ' START turns it on again.'}
          {dnc.voice?.set && ` Calls are off: ${flagWords(dnc.voice, now)}`}
        </p>
      )}
    </li>
  );
}
