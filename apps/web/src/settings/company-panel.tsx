import { Button, NativeSelect, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { type FormEvent, useState } from 'react';
import type { Company } from '../api/types-people.ts';
import { FormNote } from '../ui/form-note.tsx';
import { AccentField } from './accent-field.tsx';
import { countries } from './countries.ts';
import { noteOf, problemsOf } from './field-problems.ts';
import classes from './list.module.css';
import { Panel } from './panel.tsx';
import { TIME_ZONES } from './time-zones.ts';
import { useChangeCompany } from './use-company.ts';

export function CompanyPanel({ company }: { company: Company }) {
  const [name, setName] = useState(company.name);
  const [timeZone, setTimeZone] = useState(company.timeZone);
  const [country, setCountry] = useState(company.rules.country);
  const [accent, setAccent] = useState(company.branding.accent);
  const save = useChangeCompany(() => notifications.show({ message: 'The company’s settings are saved.' }));
  const problems = problemsOf(save.error);
  const note = noteOf(save.error, ['name', 'timeZone', 'rules.country', 'branding.accent']);
  const changed = {
    ...(name.trim() === company.name ? {} : { name: name.trim() }),
    ...(timeZone === company.timeZone ? {} : { timeZone }),
    ...(country === company.rules.country ? {} : { rules: { country } }),
    ...(accent === company.branding.accent ? {} : { branding: { accent } }),
  };
  const unchanged = Object.keys(changed).length === 0;

  function submit(event: FormEvent) {
    event.preventDefault();
    if (!unchanged && name.trim() !== '' && !save.isPending) save.mutate(changed);
  }

  return (
    <Panel title="Company">
      <form onSubmit={submit} className={classes.form}>
        <div className={classes.narrow}>
          <TextInput
            label="Name"
            maxLength={120}
            value={name}
            error={problems.name ?? (name.trim() === '' ? 'A company has a name.' : null)}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <NativeSelect
            label="Time zone"
            description="Days in reports, and the hours of numbers, are in this zone."
            mt={12}
            data={TIME_ZONES.includes(timeZone) ? TIME_ZONES : [timeZone, ...TIME_ZONES]}
            value={timeZone}
            error={problems.timeZone}
            onChange={(event) => setTimeZone(event.currentTarget.value)}
          />
          <NativeSelect
            label="Country"
            description="Phone numbers without a country code are read as numbers of it."
            mt={12}
            data={countries(country)}
            value={country}
            error={problems['rules.country']}
            onChange={(event) => setCountry(event.currentTarget.value)}
          />
          <AccentField value={accent} onChange={setAccent} error={problems['branding.accent']} />
          {note && <FormNote>{note}</FormNote>}
          <Button type="submit" mt={16} loading={save.isPending} disabled={unchanged || name.trim() === ''}>
            Save
          </Button>
        </div>
      </form>
    </Panel>
  );
}
