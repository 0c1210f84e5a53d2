import { Switch } from '@mantine/core';
import { sentence } from '../api/errors.ts';
import type { AllowedAi, Company } from '../api/types-people.ts';
import { FormNote } from '../ui/form-note.tsx';
import classes from './list.module.css';
import { Panel, SettingRow } from './panel.tsx';
import { useChangeCompany } from './use-company.ts';

const USES: ReadonlyArray<{ key: keyof AllowedAi; title: string; help: string }> = [
  {
    key: 'transcription',
    title: 'Write down calls and voicemails',
    help: 'Recordings become text that can be searched.',
  },
  { key: 'suggestions', title: 'Suggest answers', help: 'Agents see a draft and decide; nothing is sent by itself.' },
  { key: 'assistants', title: 'Let assistants answer', help: 'Assistants that you set up talk and text to customers.' },
];

/** What machines may do with this company's conversations. */
export function AiPanel({ company }: { company: Company }) {
  const change = useChangeCompany();
  // While it is on its way, the switch already shows what was asked for.
  const shown = { ...company.ai, ...(change.isPending ? change.variables.ai : {}) };
  return (
    <Panel title="What AI may do here">
      <p className={classes.lead}>None of it runs yet. What you decide here holds from the day it does.</p>
      {USES.map(({ key, title, help }) => (
        <SettingRow key={key} title={title} help={help}>
          <Switch
            aria-label={title}
            checked={shown[key]}
            onChange={(event) => change.mutate({ ai: { [key]: event.currentTarget.checked } })}
          />
        </SettingRow>
      ))}
      {change.isError && (
        <div className={classes.foot}>
          <FormNote>{sentence(change.error)}</FormNote>
        </div>
      )}
    </Panel>
  );
}
