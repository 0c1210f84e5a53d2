import { Button } from '@mantine/core';
import { IconAlertTriangle, IconStar } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from '../api/calls.ts';
import { sentence } from '../api/errors.ts';
import type { ConnectedNumber } from '../api/types.ts';
import { phone } from '../format/phone.ts';
import { Chip } from '../ui/chip.tsx';
import { FormNote } from '../ui/form-note.tsx';
import { numbersChanged } from './accounts-query.ts';
import classes from './numbers.module.css';

interface Props {
  accountId: string;
  number: ConnectedNumber;
  onChange: () => void;
  onHours: () => void;
  onLeave: () => void;
}

export function NumberRow({ accountId, number, onChange, onHours, onLeave }: Props) {
  const label = phone(number.e164);
  const problem = number.active ? number.webhook?.problem : null;
  return (
    <li className={classes.row} data-off={!number.active || undefined}>
      <div className={classes.words}>
        <p className={classes.name}>
          {number.name}
          {number.isDefault && <Chip icon={<IconStar size={12} stroke={1.7} aria-hidden="true" />}>Default</Chip>}
          {!number.active && <Chip>Switched off</Chip>}
          {problem && (
            <Chip tone="red" icon={<IconAlertTriangle size={12} stroke={1.7} aria-hidden="true" />}>
              Needs attention
            </Chip>
          )}
        </p>
        {number.name !== label && <p className={classes.e164}>{label}</p>}
        {problem && <Problem accountId={accountId} number={number} problem={problem} />}
      </div>
      <div className={classes.actions}>
        <Button variant="subtle" size="compact-sm" aria-label={`Change ${number.name}`} onClick={onChange}>
          Change
        </Button>
        <Button variant="subtle" size="compact-sm" aria-label={`Hours of ${number.name}`} onClick={onHours}>
          Hours
        </Button>
        {number.active && (
          <Button
            variant="subtle"
            size="compact-sm"
            c="var(--red)"
            aria-label={`Disconnect ${number.name}`}
            onClick={onLeave}
          >
            Disconnect
          </Button>
        )}
      </div>
    </li>
  );
}

interface ProblemProps {
  accountId: string;
  number: ConnectedNumber;
  problem: string;
}

/** What keeps texts from arriving, and a way to set the number up and look again once it was mended. */
function Problem({ accountId, number, problem }: ProblemProps) {
  const queries = useQueryClient();
  const again = useMutation({
    mutationFn: () => api.connectNumber(accountId, { e164: number.e164, name: number.name }),
    onSettled: () => numbersChanged(queries),
  });
  return (
    <div className={classes.problem}>
      <p>{problem}</p>
      {again.isError && <FormNote>{sentence(again.error)}</FormNote>}
      <Button
        variant="default"
        size="compact-sm"
        mt={6}
        loading={again.isPending}
        aria-label={`Set up again: ${number.name}`}
        onClick={() => again.mutate()}
      >
        Set up again
      </Button>
    </div>
  );
}
