import { ActionIcon, CopyButton, Tooltip } from '@mantine/core';
import { IconAlertTriangle, IconBan, IconCheck, IconCopy, IconMessage } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { sentence } from '../api/errors.ts';
import type { Contact } from '../api/types-contacts.ts';
import { phone } from '../format/phone.ts';
import { longDate } from '../format/time.ts';
import type { ThreadRow } from '../inbox/thread-row.ts';
import { Avatar } from '../ui/avatar.tsx';
import { Chip } from '../ui/chip.tsx';
import { StateNote } from '../ui/state-note.tsx';
import { useNow } from '../ui/use-now.ts';
import { ContactHistory } from './contact-history.tsx';
import { ContactName } from './contact-name.tsx';
import classes from './contact-pane.module.css';
import { flagWords } from './flag-words.ts';
import { contactQuery } from './use-contact.ts';
import { numbersQuery } from './use-numbers.ts';

const CHIP_ICON = { size: 12, stroke: 1.9, 'aria-hidden': true } as const;

/** Who this is: name, numbers with what they asked of us, and what happened. */
export function ContactPane({ row }: { row: ThreadRow }) {
  const now = useNow();
  const contact = useQuery(contactQuery(row.contact.id));
  const numbers = useQuery(numbersQuery).data?.items;
  const name = contact.data ? contact.data.name : row.contact.name;
  const mails = (contact.data?.addresses ?? [])
    .filter(({ channel }) => channel === 'email')
    .map(({ address }) => address);
  const line = numbers?.find((number) => number.e164 === row.number);

  return (
    <div className={classes.pane}>
      <div className={classes.head}>
        <Avatar name={name} seed={row.contact.id} size={48} />
        <ContactName id={row.contact.id} name={name} address={row.contact.address} />
      </div>
      {contact.isError && !contact.data && (
        <StateNote
          icon={<IconAlertTriangle size={20} stroke={1.7} />}
          tone="error"
          title="The contact did not load"
          action={{ label: 'Try again', onClick: () => void contact.refetch() }}
        >
          {sentence(contact.error)}
        </StateNote>
      )}
      {contact.data && (
        <section className={classes.section}>
          <h3 className={classes.title}>{numbersOf(contact.data).length === 1 ? 'Number' : 'Numbers'}</h3>
          {numbersOf(contact.data).map(({ address, dnc }) => (
            <div key={address} className={classes.number}>
              <span className={classes.digits}>{phone(address)}</span>
              <CopyButton value={address}>
                {({ copied, copy }) => (
                  <Tooltip label={copied ? 'Copied' : `Copy ${address}`}>
                    <ActionIcon
                      variant="subtle"
                      size={24}
                      c="var(--text-3)"
                      aria-label="Copy the number"
                      onClick={copy}
                    >
                      {copied ? <IconCheck size={14} stroke={1.9} /> : <IconCopy size={14} stroke={1.7} />}
                    </ActionIcon>
                  </Tooltip>
                )}
              </CopyButton>
              {dnc.sms?.set ? (
                <Chip tone="red" icon={<IconBan {...CHIP_ICON} />}>
                  SMS off
                </Chip>
              ) : (
                <Chip tone="green" icon={<IconMessage {...CHIP_ICON} />}>
                  SMS on
                </Chip>
              )}
              <p className={classes.how}>
                {dnc.sms ? flagWords(dnc.sms, now) : 'They never asked us to stop.'}
                {dnc.sms?.set && ' START turns it on again.'}
              </p>
            </div>
          ))}
        </section>
      )}
      {contact.data && contact.data.events.length > 0 && <ContactHistory events={contact.data.events} now={now} />}
      <section className={classes.section}>
        <h3 className={classes.title}>Details</h3>
        <dl className={classes.details}>
          <dt>Our line</dt>
          <dd>
            {line?.name && `${line.name}, `}
            <span className={classes.digits}>{phone(row.number)}</span>
          </dd>
          <dt>E.164</dt>
          <dd>
            <code className={classes.code}>{row.contact.address}</code>
          </dd>
          {contact.data && (
            <>
              {contact.data.company && (
                <>
                  <dt>Company</dt>
                  <dd>{contact.data.company}</dd>
                </>
              )}
              {contact.data.owner && (
                <>
                  <dt>Owner</dt>
                  <dd>{contact.data.owner.name}</dd>
                </>
              )}
              {contact.data.tags.length > 0 && (
                <>
                  <dt>Tags</dt>
                  <dd className={classes.tags}>
                    {contact.data.tags.map((tag) => (
                      <Chip key={tag}>
                        <span className="truncate">{tag}</span>
                      </Chip>
                    ))}
                  </dd>
                </>
              )}
              {mails.length > 0 && (
                <>
                  <dt>E-mail</dt>
                  <dd>{mails.join(', ')}</dd>
                </>
              )}
              <dt>Known since</dt>
              <dd>{longDate(Date.parse(contact.data.createdAt), now)}</dd>
            </>
          )}
        </dl>
        <Link to="/contacts/$contactId" params={{ contactId: row.contact.id }} className={classes.whole}>
          Open the contact
          {contact.data &&
            contact.data.notes > 0 &&
            `, ${contact.data.notes} ${contact.data.notes === 1 ? 'note' : 'notes'}`}
        </Link>
      </section>
    </div>
  );
}

const numbersOf = (contact: Contact) => contact.addresses.filter(({ channel }) => channel === 'sms');
