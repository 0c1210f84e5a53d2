import type { SignIn } from '../platform/auth/sign-in.ts';
import type { FoundContact } from './found-contact.ts';

/** Rows with their owners by name instead of by id alone. */
export async function withOwners<Row extends { ownerId: string | null }>(
  signIn: Pick<SignIn, 'people'>,
  rows: readonly Row[],
): Promise<Array<Omit<Row, 'ownerId'> & { owner: { id: string; name: string } | null }>> {
  const ids = [...new Set(rows.flatMap(({ ownerId }) => (ownerId === null ? [] : [ownerId])))];
  const people = ids.length === 0 ? new Map<string, { name: string }>() : await signIn.people(ids);
  return rows.map(({ ownerId, ...row }) => ({
    ...row,
    owner: ownerId === null ? null : { id: ownerId, name: people.get(ownerId)?.name ?? '' },
  }));
}

/** A found contact as the API shows it. */
export function shown<Row extends Omit<FoundContact, 'ownerId'>>({ updatedAt, ...row }: Row) {
  return { ...row, updatedAt: updatedAt.toISOString() };
}
