import { Link } from '@tanstack/react-router';
import type { FoundContact } from '../api/types-contacts.ts';
import { Avatar } from '../ui/avatar.tsx';
import { Chip } from '../ui/chip.tsx';
import { contactTitle, written } from './contact-names.ts';
import classes from './contact-rows.module.css';

const MOST_TAGS = 3;

export function ContactRow({ contact }: { contact: FoundContact }) {
  const title = contactTitle(contact);
  const [first, ...others] = contact.addresses;
  const rest = contact.tags.length - MOST_TAGS;
  return (
    <Link to="/contacts/$contactId" params={{ contactId: contact.id }} className={classes.row}>
      <Avatar name={contact.name ?? contact.company} seed={contact.id} size={32} />
      <span className={classes.who}>
        <span className={classes.name}>{title}</span>
        <span className={classes.small}>
          {contact.company && contact.company !== title ? contact.company : contact.name ? '' : 'No name yet'}
        </span>
      </span>
      <span className={classes.where}>
        {first && <span className={classes.first}>{written(first)}</span>}
        {others.length > 0 && (
          <span className={classes.small}>
            {others.length === 1 && others[0] ? written(others[0]) : `and ${others.length} more`}
          </span>
        )}
      </span>
      <span className={classes.tags}>
        {contact.tags.slice(0, MOST_TAGS).map((tag) => (
          <Chip key={tag}>
            <span className="truncate">{tag}</span>
          </Chip>
        ))}
        {rest > 0 && <span className={classes.small}>+{rest}</span>}
      </span>
      <span className={classes.owner}>{contact.owner?.name}</span>
      <span className={classes.type}>
        {contact.type === 'customer' ? <Chip tone="green">Customer</Chip> : <Chip>Lead</Chip>}
      </span>
    </Link>
  );
}
