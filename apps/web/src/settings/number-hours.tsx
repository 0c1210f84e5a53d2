import { Button, Group, Modal, NativeSelect, Switch, Textarea } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api } from '../api/calls.ts';
import type { ConnectedNumber } from '../api/types.ts';
import { phone } from '../format/phone.ts';
import { useSession } from '../session/session.ts';
import { FormNote } from '../ui/form-note.tsx';
import { numbersChanged } from './accounts-query.ts';
import { noteOf, problemsOf } from './field-problems.ts';
import { HolidaysField } from './holidays-field.tsx';
import { DAYS, fromForm, type HoursForm, hoursProblems, officeHours, toForm } from './hours-form.ts';
import classes from './number-hours.module.css';
import { SpansField } from './spans-field.tsx';

const ZONES = Intl.supportedValuesOf('timeZone');

/** When a number is attended, and what it answers when it is not. */
export function NumberHours({ number, onClose }: { number: ConnectedNumber; onClose: () => void }) {
  const queries = useQueryClient();
  const { me } = useSession();
  const [limited, setLimited] = useState(number.businessHours !== null);
  const [form, setForm] = useState<HoursForm>(() =>
    number.businessHours === null ? officeHours(me.tenant.timeZone) : toForm(number.businessHours),
  );
  const [reply, setReply] = useState(number.closedReply ?? '');
  const save = useMutation({
    mutationFn: () =>
      api.changeNumber(number.id, {
        businessHours: limited ? fromForm(form) : null,
        closedReply: limited ? reply.trim() || null : null,
      }),
    onSuccess: async () => {
      await numbersChanged(queries);
      onClose();
    },
  });
  const problems = hoursProblems(problemsOf(save.error), form);
  const note = problems.size === 0 ? noteOf(save.error, []) : null;
  const change = (next: HoursForm) => {
    // What was wrong was said of what stood there before.
    save.reset();
    setForm(next);
  };
  const setDay = (day: number, spans: HoursForm['week'][number]) =>
    change({ ...form, week: form.week.map((before, i) => (i === day ? spans : before)) });

  function submit(event: FormEvent) {
    event.preventDefault();
    if (!save.isPending) save.mutate();
  }

  return (
    <Modal
      opened
      onClose={onClose}
      title={`Hours of ${phone(number.e164)}`}
      size="lg"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form onSubmit={submit}>
        <Switch
          label="This number has hours"
          description={limited ? undefined : 'Without them it counts as attended day and night.'}
          data-autofocus
          checked={limited}
          onChange={(event) => setLimited(event.currentTarget.checked)}
        />
        {limited && (
          <>
            <NativeSelect
              mt={16}
              label="Time zone"
              data={ZONES.includes(form.timeZone) ? ZONES : [form.timeZone, ...ZONES]}
              value={form.timeZone}
              error={problems.get('timeZone')}
              onChange={(event) => change({ ...form, timeZone: event.currentTarget.value })}
            />
            <fieldset className={classes.group}>
              <legend>Ordinary week</legend>
              {DAYS.map((name, day) => (
                <div key={name} className={classes.day}>
                  <span className={classes.dayName}>{name}</span>
                  <SpansField of={name} spans={form.week[day] ?? []} onChange={(spans) => setDay(day, spans)} />
                  {problems.has(`day ${day + 1}`) && (
                    <p className={classes.problem} role="alert">
                      {problems.get(`day ${day + 1}`)}
                    </p>
                  )}
                </div>
              ))}
              {problems.has('week') && (
                <p className={classes.problem} role="alert">
                  {problems.get('week')?.replace('This', 'One of the days')}
                </p>
              )}
              <Button
                variant="subtle"
                size="compact-sm"
                onClick={() =>
                  change({ ...form, week: form.week.map((spans, day) => (day < 5 ? (form.week[0] ?? []) : spans)) })
                }
              >
                Monday’s hours from Tuesday to Friday too
              </Button>
            </fieldset>
            <HolidaysField
              holidays={form.holidays}
              problems={problems}
              onChange={(holidays) => change({ ...form, holidays })}
            />
            <Textarea
              mt={16}
              label="Answer to texts outside these hours"
              description="Sent by itself, once to each person in twelve hours. {opens} becomes when you open next. Empty: nothing is sent."
              placeholder="Thanks for your text. We are closed now and open {opens}."
              autosize
              minRows={2}
              maxRows={6}
              maxLength={1600}
              value={reply}
              onChange={(event) => setReply(event.currentTarget.value)}
            />
          </>
        )}
        {note && <FormNote>{note}</FormNote>}
        <Group justify="flex-end" gap={8} mt={16}>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={save.isPending}>
            Save
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
