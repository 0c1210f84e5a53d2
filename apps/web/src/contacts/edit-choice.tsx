import { NativeSelect } from '@mantine/core';
import classes from './edit.module.css';

interface Props {
  label: string;
  value: string;
  choices: ReadonlyArray<{ value: string; label: string }>;
  problem: string | undefined;
  readOnly: boolean;
  onSave: (value: string) => void;
}

/** One of several; chosen is saved. */
export function EditChoice({ label, value, choices, problem, readOnly, onSave }: Props) {
  return (
    <NativeSelect
      aria-label={label}
      variant="unstyled"
      className={classes.field}
      classNames={{ input: classes.input }}
      disabled={readOnly}
      value={value}
      error={problem}
      data={choices.some((choice) => choice.value === value) ? choices : [...choices, { value, label: value }]}
      onChange={(event) => onSave(event.currentTarget.value)}
    />
  );
}
