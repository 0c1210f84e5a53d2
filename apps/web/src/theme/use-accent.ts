import { useComputedColorScheme } from '@mantine/core';
import { useEffect } from 'react';
import { accentVariables, isColour } from './accent.ts';

/** Shows the desk in the company's colour, if it has one, as long as somebody is at it. */
export function useAccent(colour: string | null): void {
  const scheme = useComputedColorScheme('light');
  useEffect(() => {
    if (!isColour(colour)) return;
    const variables = Object.entries(accentVariables(colour, scheme));
    const { style } = document.documentElement;
    for (const [name, value] of variables) style.setProperty(name, value);
    return () => {
      for (const [name] of variables) style.removeProperty(name);
    };
  }, [colour, scheme]);
}
