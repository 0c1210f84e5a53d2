import type { MantineColorScheme } from '@mantine/core';

/** The three ways the desk can look, in the order they are offered. */
export const THEMES: Array<{ value: MantineColorScheme; label: string }> = [
  { value: 'auto', label: 'System' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
];
