import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { api } from '../api/calls.ts';
import type { Contact } from '../api/types-contacts.ts';
import { phone } from '../format/phone.ts';
import { shortTime } from '../format/time.ts';
import { Chip } from '../ui/chip.tsx';
import { Loaded } from '../ui/loaded.tsx';
import classes from './contact-page.module.css';

/** A contact has few numbers; more than these are rare, and all are in the inbox. */
const MOST_NUMBERS = 5;

/** The conversations with this contact, each a way into the inbox. */
export function ContactConversations({ contact, now }: { contact: Contact; now: number }) {
  const numbers = contact.addresses
    .filter(({ channel }) => channel === 'sms')
    .slice(0, MOST_NUMBERS)
    .map(({ address }) => address);
  const found = useQuery({
    queryKey: ['conversations', 'of-contact', contact.id, numbers],
    queryFn: async ({ signal }) => {
      const pages = await Promise.all(numbers.map((q) => api.conversations({ status: 'all', q, limit: 20 }, signal)));
      const items = pages.flatMap((page) => page.items).filter((item) => item.contact.id === contact.id);
      return [...new Map(items.map((item) => [item.id, item])).values()];
    },
  });
  return (
    <section className={classes.card} aria-label="Conversations">
      <div className={classes.cardHead}>
        <h2 className={classes.title}>Conversations</h2>
      </div>
      <Loaded query={found} what="The conversations">
        {(items) =>
          items.length === 0 ? (
            <p className={classes.empty}>There are none yet.</p>
          ) : (
            <ul>
              {items.map((item) => (
                <li key={item.id}>
                  <Link
                    to="/inbox/$conversationId"
                    params={{ conversationId: item.id }}
                    search={{ status: 'all' }}
                    className={classes.conversation}
                  >
                    <span className={classes.last}>{item.lastMessage?.body || 'No text yet'}</span>
                    <span className={classes.when}>
                      {item.lastMessage && shortTime(Date.parse(item.lastMessage.at), now)}
                    </span>
                    <span className={classes.tag}>
                      {phone(item.contact.address)} with our {phone(item.number)}
                    </span>
                    {item.unread > 0 ? (
                      <Chip tone="accent">{item.unread} unread</Chip>
                    ) : (
                      item.status === 'closed' && <Chip>Closed</Chip>
                    )}
                  </Link>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </section>
  );
}
