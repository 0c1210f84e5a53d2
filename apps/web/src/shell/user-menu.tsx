import { type MantineColorScheme, Menu, UnstyledButton, useMantineColorScheme } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconKeyboard, IconLogout } from '@tabler/icons-react';
import { lazy, Suspense } from 'react';
import { ROLE_WORDS } from '../format/roles.ts';
import { leave } from '../session/leave.ts';
import { useSession } from '../session/session.ts';
import { THEMES } from '../settings/themes.ts';
import { Avatar } from '../ui/avatar.tsx';
import { CompanyMenu } from './company-menu.tsx';
import { useFrame } from './frame-context.ts';
import classes from './user-menu.module.css';

const NewCompany = lazy(() => import('./new-company.tsx').then((module) => ({ default: module.NewCompany })));

export function UserMenu() {
  const { me } = useSession();
  const { openHelp } = useFrame();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const [making, newCompany] = useDisclosure(false);
  return (
    <>
      <Menu position="bottom-end" width={248} withinPortal={false} withInitialFocusPlaceholder={false}>
        <Menu.Target>
          <UnstyledButton className={classes.button}>
            <Avatar name={me.user.name} size={28} />
            <span className="sr-only">Your menu: {me.user.name}</span>
          </UnstyledButton>
        </Menu.Target>
        <Menu.Dropdown>
          <div className={classes.who}>
            <p className={classes.name}>{me.user.name}</p>
            <p className={classes.mail}>{me.user.email}</p>
            <p className={classes.mail}>
              {ROLE_WORDS[me.role].label}, {me.tenant.name}
            </p>
          </div>
          <Menu.Divider />
          <CompanyMenu onNew={newCompany.open} />
          <Menu.Label>Theme</Menu.Label>
          <Menu.RadioGroup value={colorScheme} onChange={(value) => setColorScheme(value as MantineColorScheme)}>
            {THEMES.map(({ value, label }) => (
              <Menu.RadioItem key={value} value={value}>
                {label}
              </Menu.RadioItem>
            ))}
          </Menu.RadioGroup>
          <Menu.Divider />
          <Menu.Item leftSection={<IconKeyboard size={16} stroke={1.7} />} onClick={openHelp}>
            Keyboard
          </Menu.Item>
          <Menu.Item leftSection={<IconLogout size={16} stroke={1.7} />} onClick={() => void leave()}>
            Sign out
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Suspense>{making && <NewCompany onClose={newCompany.close} />}</Suspense>
    </>
  );
}
