import { createSpotlight } from '@mantine/spotlight';

const [store, controls] = createSpotlight();

export const paletteStore = store;
export const openPalette = controls.open;

/** Marks the first row as the one that Enter runs: what was found late must not leave the mark on a row further down. */
export function markFirst(): void {
  const { listId } = store.getState();
  const list = listId ? document.getElementById(listId) : null;
  const [first, ...others] = list?.querySelectorAll('[data-action]') ?? [];
  for (const row of others) row.removeAttribute('data-selected');
  first?.setAttribute('data-selected', 'true');
  store.updateState((state) => ({ ...state, selected: first ? 0 : -1 }));
}
