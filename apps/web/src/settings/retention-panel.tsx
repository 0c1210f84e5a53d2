import { NativeSelect } from '@mantine/core';
import { useState } from 'react';
import type { Company, Retention } from '../api/types-people.ts';
import { Confirm } from '../ui/confirm.tsx';
import classes from './list.module.css';
import { Panel, SettingRow } from './panel.tsx';
import { useChangeCompany } from './use-company.ts';

const YEAR = 365;

const KINDS: ReadonlyArray<{ key: keyof Retention; title: string; help: string }> = [
  { key: 'messagesDays', title: 'Texts and their pictures', help: 'Older ones leave the conversations for good.' },
  { key: 'recordingsDays', title: 'Recordings and voicemails', help: 'Counted from the day of the call.' },
  { key: 'auditDays', title: 'What the audit entries hold', help: 'That something happened stays; who and what goes.' },
];

const SPANS: ReadonlyArray<number | null> = [
  30,
  90,
  180,
  YEAR,
  2 * YEAR,
  3 * YEAR,
  5 * YEAR,
  7 * YEAR,
  10 * YEAR,
  null,
];

function spanWords(days: number | null): string {
  if (days === null) return 'For good';
  if (days % YEAR === 0) return days === YEAR ? '1 year' : `${days / YEAR} years`;
  return days === 1 ? '1 day' : `${days} days`;
}

interface Shorter {
  key: keyof Retention;
  title: string;
  days: number | null;
}

/** How long things are kept. Keeping them shorter deletes, so it asks first. */
export function RetentionPanel({ company }: { company: Company }) {
  const change = useChangeCompany();
  const [asking, ask] = useState<Shorter | null>(null);

  function choose(key: keyof Retention, title: string, days: number | null) {
    const before = company.retention[key];
    const shorter = days !== null && (before === null || days < before);
    if (shorter) ask({ key, title, days });
    else change.mutate({ retention: { [key]: days } });
  }

  return (
    <Panel title="How long things are kept">
      <p className={classes.lead}>
        The rule is kept and written into the audit. Deleting by it comes with a later version.
      </p>
      {KINDS.map(({ key, title, help }) => {
        const days = company.retention[key];
        const spans = SPANS.includes(days) ? SPANS : [days, ...SPANS];
        return (
          <SettingRow key={key} title={title} help={help}>
            <NativeSelect
              aria-label={title}
              value={String(days)}
              onChange={(event) => {
                const { value } = event.currentTarget;
                choose(key, title, value === 'null' ? null : Number(value));
              }}
              data={spans.map((span) => ({ value: String(span), label: spanWords(span) }))}
            />
          </SettingRow>
        );
      })}
      {asking && (
        <Confirm
          title={`Keep for ${spanWords(asking.days)} only?`}
          action="Keep shorter"
          run={() => change.mutateAsync({ retention: { [asking.key]: asking.days } })}
          onClose={() => ask(null)}
        >
          {asking.title}: what is older than {spanWords(asking.days)} is going to be deleted, and nobody can bring it
          back then.
        </Confirm>
      )}
    </Panel>
  );
}
