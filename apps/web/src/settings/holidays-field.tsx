import { Button, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { IconButton } from '../ui/icon-button.tsx';
import { type HoursForm, newKey } from './hours-form.ts';
import classes from './number-hours.module.css';
import { SpansField } from './spans-field.tsx';

type Holidays = HoursForm['holidays'];

interface Props {
  holidays: Holidays;
  /** By `holiday` and its place. */
  problems: Map<string, string>;
  onChange: (holidays: Holidays) => void;
}

/** Days with other hours than their weekday's. */
export function HolidaysField({ holidays, problems, onChange }: Props) {
  const change = (key: number, part: Partial<Holidays[number]>) =>
    onChange(holidays.map((holiday) => (holiday.key === key ? { ...holiday, ...part } : holiday)));
  return (
    <fieldset className={classes.group}>
      <legend>Holidays</legend>
      {holidays.length === 0 && <p className={classes.hint}>Days on which you are closed, or have other hours.</p>}
      {holidays.map(({ key, date, name, spans }, i) => (
        <div key={key} className={classes.holiday}>
          <TextInput
            type="date"
            required
            aria-label={`Date of ${name || 'the holiday'}`}
            value={date}
            onChange={(event) => change(key, { date: event.currentTarget.value })}
          />
          <TextInput
            className={classes.holidayName}
            aria-label="Name of the holiday"
            placeholder="Christmas Day"
            maxLength={80}
            value={name}
            onChange={(event) => change(key, { name: event.currentTarget.value })}
          />
          <IconButton
            label={`Remove ${name || 'the holiday'}`}
            onClick={() => onChange(holidays.filter((holiday) => holiday.key !== key))}
          >
            <IconTrash size={16} stroke={1.7} aria-hidden="true" />
          </IconButton>
          <SpansField
            of={name || 'the holiday'}
            spans={spans}
            onChange={(changed) => change(key, { spans: changed })}
          />
          {problems.has(`holiday ${i}`) && (
            <p className={classes.problem} role="alert">
              {problems.get(`holiday ${i}`)}
            </p>
          )}
        </div>
      ))}
      <Button
        variant="default"
        size="compact-sm"
        leftSection={<IconPlus size={14} stroke={1.7} aria-hidden="true" />}
        onClick={() => onChange([...holidays, { key: newKey(), date: '', name: '', spans: [] }])}
      >
        Add a holiday
      </Button>
    </fieldset>
  );
}
