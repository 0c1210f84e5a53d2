import { TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import classes from './list.module.css';

interface Props {
  label: string;
  placeholder: string;
  value: string;
  onChange: (value: string) => void;
}

/** Narrows the list beneath as one types. */
export function SearchField({ label, placeholder, value, onChange }: Props) {
  return (
    <div className={classes.search}>
      <TextInput
        type="search"
        aria-label={label}
        placeholder={placeholder}
        leftSection={<IconSearch size={16} stroke={1.7} aria-hidden="true" />}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    </div>
  );
}
