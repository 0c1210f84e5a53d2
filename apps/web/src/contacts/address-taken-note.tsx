import { Link } from '@tanstack/react-router';
import type { ApiError } from '../api/errors.ts';
import type { AddressTaken } from '../api/types-contacts.ts';
import { FormNote } from '../ui/form-note.tsx';
import { written } from './contact-names.ts';

/** Somebody has the address already: says who, and leads there. */
export function AddressTakenNote({ error, onOpen }: { error: ApiError; onOpen?: () => void }) {
  const { contactId, name, address, deleted } = error.details as AddressTaken;
  const what = written({ channel: address.includes('@') ? 'email' : 'sms', address });
  return (
    <FormNote>
      {what} belongs to {name ?? 'a contact without a name'}
      {deleted ? ', who was deleted. Bring that contact back instead.' : '.'}{' '}
      {contactId && (
        <Link
          to="/contacts/$contactId"
          params={{ contactId }}
          onClick={onOpen}
          style={{ color: 'inherit', fontWeight: 600 }}
        >
          Open {name ?? 'it'}
        </Link>
      )}
    </FormNote>
  );
}
