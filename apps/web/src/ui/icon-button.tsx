import { ActionIcon, type ActionIconProps, Tooltip } from '@mantine/core';
import type { ComponentPropsWithoutRef, ReactNode } from 'react';

interface Props
  extends Omit<ActionIconProps, 'children'>,
    Omit<ComponentPropsWithoutRef<'button'>, keyof ActionIconProps> {
  /** Read out, and shown as a tooltip. */
  label: string;
  /** The shortcut, shown with the label. */
  shortcut?: string;
  children: ReactNode;
}

/** A button that is only an icon: always with a name and a tooltip. */
export function IconButton({ label, shortcut, children, ...rest }: Props) {
  return (
    <Tooltip label={shortcut ? `${label} (${shortcut})` : label}>
      <ActionIcon variant="subtle" color="gray" size={30} aria-label={label} c="var(--text-2)" {...rest}>
        {children}
      </ActionIcon>
    </Tooltip>
  );
}
