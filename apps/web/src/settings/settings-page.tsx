import { NativeSelect } from '@mantine/core';
import { IconLock } from '@tabler/icons-react';
import { Link, Outlet, useLocation, useNavigate } from '@tanstack/react-router';
import { useMay } from '../session/use-may.ts';
import { StateNote } from '../ui/state-note.tsx';
import { PLACES } from './pages.ts';
import classes from './settings-page.module.css';

/** The settings: their pages on the left, on phones in a list above. A page that a role may not see says so. */
export function SettingsPage() {
  const may = useMay();
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const groups = PLACES.map(({ heading, places }) => ({
    heading,
    places: places.filter(({ needs }) => needs === null || may(needs)),
  })).filter(({ places }) => places.length > 0);
  const place = PLACES.flatMap(({ places }) => places).find(({ to }) => pathname.startsWith(to));
  const closed = place !== undefined && place.needs !== null && !may(place.needs);

  return (
    <main className={classes.page}>
      <div className={classes.inner}>
        <h1 className={classes.title}>Settings</h1>
        <nav className={classes.nav} aria-label="Settings">
          {groups.map(({ heading, places }) => (
            <div key={heading} className={classes.group}>
              <h2 className={classes.heading}>{heading}</h2>
              <ul>
                {places.map(({ to, label }) => (
                  <li key={to}>
                    <Link to={to} className={classes.link}>
                      {label}
                    </Link>
                  </li>
                ))}
              </ul>
            </div>
          ))}
        </nav>
        <NativeSelect
          className={classes.jump}
          aria-label="Page of the settings"
          value={place?.to}
          onChange={(event) => void navigate({ to: event.currentTarget.value })}
          data={groups.map(({ heading, places }) => ({
            group: heading,
            items: places.map(({ to, label }) => ({ value: to, label })),
          }))}
        />
        <div className={classes.content}>
          {closed ? (
            <StateNote icon={<IconLock size={20} stroke={1.7} />} title={`Your role does not see “${place.label}”`}>
              Ask an owner or an admin if something here should change.
            </StateNote>
          ) : (
            <Outlet />
          )}
        </div>
      </div>
    </main>
  );
}
