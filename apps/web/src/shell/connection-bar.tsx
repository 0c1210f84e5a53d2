import { IconBolt } from '@tabler/icons-react';
import { useConnectionTrouble } from '../live/connection.ts';
import classes from './connection-bar.module.css';

/** Shown after two seconds of silence, gone at once when live again. The region stays, so that it is read out. */
export function ConnectionBar() {
  const trouble = useConnectionTrouble();
  return (
    <div role="status">
      {trouble && (
        <p className={classes.bar}>
          <IconBolt size={14} stroke={1.7} aria-hidden="true" />
          Reconnecting. Keep typing, nothing is lost.
        </p>
      )}
    </div>
  );
}
