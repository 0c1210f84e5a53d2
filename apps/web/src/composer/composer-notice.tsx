import { IconAlertTriangle, IconBan } from '@tabler/icons-react';
import type { DncFlag } from '../api/types.ts';
import { flagWords } from '../contact/flag-words.ts';
import classes from './composer-notice.module.css';

/** What must be known before writing: texts to this number are off; or why the last one came back. */
export function ComposerNotice({ flag, problem }: { flag: DncFlag | null; problem: string | null }) {
  if (problem) {
    return (
      <p className={classes.notice} data-tone="ochre" role="alert">
        <IconAlertTriangle size={16} stroke={1.7} aria-hidden="true" />
        <span>{problem}</span>
      </p>
    );
  }
  if (!flag?.set) return null;
  return (
    <p className={classes.notice} data-tone="red">
      <IconBan size={16} stroke={1.7} aria-hidden="true" />
      <span>
        <strong>Texts to this number are off.</strong> {flagWords(flag, Date.now())} A text from you would be refused.
      </span>
    </p>
  );
}
