import { PasswordInput } from '@mantine/core';
import { PASSWORD_HELP } from './password.ts';

interface Props {
  label: string;
  value: string;
  onChange: (value: string) => void;
  error?: string | null;
  mt?: number;
  autoFocus?: boolean;
}

export function NewPasswordField({ label, value, onChange, error, mt, autoFocus }: Props) {
  return (
    <PasswordInput
      label={label}
      description={PASSWORD_HELP}
      mt={mt}
      autoComplete="new-password"
      required
      withAsterisk={false}
      autoFocus={autoFocus}
      maxLength={128}
      value={value}
      error={error}
      onChange={(event) => onChange(event.currentTarget.value)}
      visibilityToggleButtonProps={{ 'aria-label': 'Show the password' }}
    />
  );
}
