import { useMediaQuery } from '@mantine/hooks';

/** Below this, one pane at a time and a bar at the bottom. */
export function usePhone(): boolean {
  return useMediaQuery('(max-width: 600px)', false, { getInitialValueInEffect: false });
}

/** Below this, the contact is a drawer. */
export function useNarrow(): boolean {
  return useMediaQuery('(max-width: 1199px)', false, { getInitialValueInEffect: false });
}
