import { atLeast } from '@patchline/contracts/roles';
import { Link, Outlet } from '@tanstack/react-router';
import { useSession } from '../session/session.ts';
import classes from './settings-page.module.css';

export function SettingsPage() {
  const { me } = useSession();
  return (
    <main className={classes.page}>
      <div className={classes.inner}>
        <h1 className={classes.title}>Settings</h1>
        <nav className={classes.tabs} aria-label="Settings">
          <Link to="/settings/you" className={classes.tab}>
            You
          </Link>
          {atLeast(me.role, 'admin') && (
            <>
              <Link to="/settings/numbers" className={classes.tab}>
                Numbers
              </Link>
              <Link to="/settings/api-keys" className={classes.tab}>
                API keys
              </Link>
            </>
          )}
        </nav>
        <Outlet />
      </div>
    </main>
  );
}
