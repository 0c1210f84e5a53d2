import { TextInput } from '@mantine/core';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import classes from './edit.module.css';

interface Props {
  label: string;
  /** What is stored, as it is typed; empty: nothing. */
  value: string;
  type?: 'text' | 'number' | 'date' | 'url';
  placeholder?: string;
  maxLength?: number;
  problem: string | undefined;
  readOnly: boolean;
  big?: boolean;
  /** Beside the value, such as a way to open it. */
  rightSection?: ReactNode;
  onSave: (value: string) => void;
  onForget: () => void;
}

/** A value edited where it stands: Enter or leaving the field saves, Escape brings back what was. */
export function EditText({ label, value, type = 'text', problem, readOnly, big, onSave, onForget, ...rest }: Props) {
  const [typed, setTyped] = useState(value);
  const escaped = useRef(false);
  // What somebody else changes shows here, unless this person is about to change it too.
  const before = useRef(value);
  useEffect(() => {
    setTyped((now) => (now === before.current ? value : now));
    before.current = value;
  }, [value]);

  function save() {
    if (escaped.current || typed.trim() === value) return;
    onSave(typed.trim());
  }

  return (
    <TextInput
      {...rest}
      aria-label={label}
      type={type}
      step={type === 'number' ? 'any' : undefined}
      variant="unstyled"
      className={classes.field}
      classNames={{ input: big ? classes.big : classes.input }}
      autoComplete="off"
      readOnly={readOnly}
      value={typed}
      error={problem}
      onChange={(event) => {
        setTyped(event.currentTarget.value);
        onForget();
      }}
      onBlur={() => {
        save();
        escaped.current = false;
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter') save();
        if (event.key !== 'Escape') return;
        escaped.current = true;
        setTyped(value);
        onForget();
        event.currentTarget.blur();
      }}
    />
  );
}
