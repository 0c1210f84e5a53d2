import { Button, TextInput } from '@mantine/core';
import type { Span } from '@patchline/domain/business-hours';
import { IconPlus, IconX } from '@tabler/icons-react';
import { IconButton } from '../ui/icon-button.tsx';
import { nextSpan } from './hours-form.ts';
import classes from './number-hours.module.css';

interface Props {
  /** Of what: “Monday”, “Christmas Day”. */
  of: string;
  spans: Span[];
  onChange: (spans: Span[]) => void;
}

/** The hours of one day; none: closed. */
export function SpansField({ of, spans, onChange }: Props) {
  const change = (index: number, part: Partial<Span>) =>
    onChange(spans.map((span, i) => (i === index ? { ...span, ...part } : span)));
  return (
    <div className={classes.spans}>
      {spans.length === 0 && <span className={classes.closed}>Closed</span>}
      {spans.map(({ from, to }, i) => (
        // A span has no other name than its place.
        // biome-ignore lint/suspicious/noArrayIndexKey: spans are replaced as a whole and hold no state of their own
        <span key={i} className={classes.span}>
          <TextInput
            type="time"
            required
            aria-label={`${of}, from`}
            value={from}
            onChange={(event) => change(i, { from: event.currentTarget.value })}
          />
          <span aria-hidden="true">to</span>
          <TextInput
            type="time"
            required
            aria-label={`${of}, to`}
            value={to}
            onChange={(event) => change(i, { to: event.currentTarget.value })}
          />
          <IconButton label={`Remove ${from} to ${to} of ${of}`} onClick={() => onChange(spans.toSpliced(i, 1))}>
            <IconX size={16} stroke={1.7} aria-hidden="true" />
          </IconButton>
        </span>
      ))}
      {spans.length < 4 && (
        <Button
          variant="subtle"
          size="compact-sm"
          aria-label={`Add hours to ${of}`}
          leftSection={<IconPlus size={14} stroke={1.7} aria-hidden="true" />}
          onClick={() => onChange([...spans, nextSpan(spans)])}
        >
          Hours
        </Button>
      )}
    </div>
  );
}
