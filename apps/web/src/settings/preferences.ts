import { useSyncExternalStore } from 'react';

/** What a person chose for this browser. Kept here and not on the server: sound and notifications belong to a device. */
export interface Preferences {
  /** Enter sends and Shift-Enter makes a new line; otherwise Ctrl-Enter sends. */
  enterSends: boolean;
  sound: boolean;
  desktop: boolean;
}

const KEY = 'patchline:preferences';
const DEFAULTS: Preferences = { enterSends: true, sound: true, desktop: false };

function load(): Preferences {
  try {
    return { ...DEFAULTS, ...(JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Preferences>) };
  } catch (error) {
    console.info('The stored preferences could not be read; the usual ones are used.', error);
    return DEFAULTS;
  }
}

let preferences = load();
const listeners = new Set<() => void>();

export function getPreferences(): Preferences {
  return preferences;
}

export function setPreferences(change: Partial<Preferences>): void {
  preferences = { ...preferences, ...change };
  try {
    localStorage.setItem(KEY, JSON.stringify(preferences));
  } catch (error) {
    console.info('The preferences last until this page is closed: the browser keeps none.', error);
  }
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function usePreferences(): Preferences {
  return useSyncExternalStore(subscribe, getPreferences);
}
