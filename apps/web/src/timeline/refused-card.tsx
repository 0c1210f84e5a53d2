import { Button } from '@mantine/core';
import type { Decision } from '@patchline/contracts/decision';
import { IconBan } from '@tabler/icons-react';
import { useState } from 'react';
import { clock } from '../format/time.ts';
import { refusal } from './refusal.ts';
import classes from './refused-card.module.css';

interface Props {
  body: string;
  author: string;
  at: number;
  decision: Decision | null;
  /** What the server said, for a refusal without a decision. */
  message: string | null;
  onEdit: () => void;
}

/** A text that the rules did not let out: where it was written, which rule, why, and what may be done. */
export function RefusedCard({ body, author, at, decision, message, onEdit }: Props) {
  const [why, setWhy] = useState(false);
  const words = refusal(decision, message);
  return (
    <article className={classes.card} aria-label={`Not sent, written by ${author}, ${clock(at)}`}>
      <p className={classes.head}>
        <IconBan size={16} stroke={1.9} aria-hidden="true" />
        <span className={classes.title}>{words.title}</span>
        <span className={classes.who}>
          {author}, {clock(at)}
        </span>
      </p>
      <p className={classes.quote}>{body}</p>
      <p>{words.next}</p>
      <div className={classes.actions}>
        <Button variant="default" size="compact-sm" onClick={onEdit}>
          Edit
        </Button>
        {words.reasons.length > 0 && (
          <Button
            variant="subtle"
            size="compact-sm"
            className={classes.why}
            aria-expanded={why}
            onClick={() => setWhy(!why)}
          >
            Why?
          </Button>
        )}
      </div>
      {why && (
        <ul className={classes.reasons}>
          {words.reasons.map((reason) => (
            <li key={reason.rule}>
              {reason.detail} <code>{reason.rule}</code>
            </li>
          ))}
        </ul>
      )}
    </article>
  );
}
