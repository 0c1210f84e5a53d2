import { newId } from '../format/new-id.ts';

const KEY = 'patchline:tab';

function remembered(): string | null {
  try {
    return sessionStorage.getItem(KEY);
  } catch (error) {
    console.info('This browser keeps nothing for this tab; a reload counts as a new tab.', error);
    return null;
  }
}

function remember(id: string): string {
  try {
    sessionStorage.setItem(KEY, id);
  } catch (error) {
    console.info('This browser keeps nothing for this tab; a reload counts as a new tab.', error);
  }
  return id;
}

/** Holds a browser-wide lock of that name for as long as this page lives. */
function claim(id: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    navigator.locks
      .request(`patchline-tab-${id}`, { ifAvailable: true }, (lock) => {
        resolve(lock !== null);
        return lock === null ? undefined : new Promise<void>(() => undefined);
      })
      .catch(reject);
  });
}

async function establish(): Promise<string> {
  const old = remembered();
  // A duplicated tab copies its session storage: the copy must not pass for the original, which holds this name.
  if (old !== null && (!('locks' in navigator) || (await claim(old)))) return old;
  const id = remember(newId());
  if ('locks' in navigator) await claim(id);
  return id;
}

let established: Promise<string> | null = null;

/** This tab's id: the same after a reload, another in every other tab. */
export function tabId(): Promise<string> {
  established ??= establish();
  return established;
}
