import type { Permission } from '@patchline/contracts/permissions';
import { useSession } from './session.ts';

/** Whether the person who is signed in may do this. The server decides again; here it decides what is shown. */
export function useMay(): (permission: Permission) => boolean {
  const { me } = useSession();
  return (permission) => me.permissions.includes(permission);
}
