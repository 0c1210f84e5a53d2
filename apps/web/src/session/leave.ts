import { notifications } from '@mantine/notifications';
import { sentence } from '../api/errors.ts';
import { signOut } from '../api/sign-in.ts';

/** Signs out and loads the sign-in page anew, so that nothing of this person stays in memory. */
export async function leave(): Promise<void> {
  try {
    await signOut();
    window.location.assign('/sign-in');
  } catch (error) {
    notifications.show({ color: 'red', title: 'You are still signed in', message: sentence(error) });
  }
}
