import { Menu } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconBuildingPlus, IconCheck } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { people } from '../api/calls-people.ts';
import { sentence } from '../api/errors.ts';
import { useSession } from '../session/session.ts';

/** The companies that one belongs to. Nothing of one company stays in the page when one goes to another. */
export function CompanyMenu({ onNew }: { onNew: () => void }) {
  const { me } = useSession();
  const { tenants } = me;
  const change = useMutation({
    mutationFn: people.switchCompany,
    onSuccess: () => window.location.assign('/inbox'),
    onError: (error) =>
      notifications.show({ color: 'red', title: `You are still in ${me.tenant.name}`, message: sentence(error) }),
  });
  if (tenants.length < 2 && !me.installationOwner) return null;
  return (
    <>
      <Menu.Label>Company</Menu.Label>
      {tenants.length > 1 &&
        tenants.map(({ id, name }) => {
          const here = id === me.tenant.id;
          return (
            <Menu.Item
              key={id}
              aria-current={here || undefined}
              rightSection={here && <IconCheck size={16} stroke={1.7} aria-hidden="true" />}
              onClick={() => !here && !change.isPending && change.mutate(id)}
            >
              {name}
            </Menu.Item>
          );
        })}
      {me.installationOwner && (
        <Menu.Item leftSection={<IconBuildingPlus size={16} stroke={1.7} aria-hidden="true" />} onClick={onNew}>
          New company…
        </Menu.Item>
      )}
      <Menu.Divider />
    </>
  );
}
