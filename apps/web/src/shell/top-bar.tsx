import { Kbd } from '@mantine/core';
import { IconDeviceMobile, IconSearch } from '@tabler/icons-react';
import { useSession } from '../session/session.ts';
import { Mark } from '../ui/mark.tsx';
import { modKey } from './mod-key.ts';
import { openPalette } from './palette-store.ts';
import classes from './top-bar.module.css';
import { UserMenu } from './user-menu.tsx';

export function TopBar() {
  const { me } = useSession();
  return (
    <header className={classes.bar}>
      <span className={classes.mark}>
        <Mark size={26} />
      </span>
      <span className={`${classes.tenant} truncate`}>{me.tenant.name}</span>
      <span className={classes.space} />
      {me.demo && me.handsetUrl && (
        <a className={classes.handset} href={me.handsetUrl} target="_blank" rel="noreferrer">
          <IconDeviceMobile size={16} stroke={1.7} aria-hidden="true" />
          <span className={classes.words}>Demo handset</span>
          <span className="sr-only"> (opens another tab)</span>
        </a>
      )}
      <button type="button" className={classes.search} onClick={() => openPalette()}>
        <IconSearch size={16} stroke={1.7} aria-hidden="true" />
        <span className={classes.words}>Search or jump to</span>
        <Kbd size="xs" className={classes.key} aria-hidden="true">
          {modKey} K
        </Kbd>
      </button>
      <UserMenu />
    </header>
  );
}
