const listeners = new Set<(now: number) => void>();
let worker: Worker | null = null;

/** Calls `listener` about once a second, also while the tab is hidden. Returns how to stop. */
export function onTick(listener: (now: number) => void): () => void {
  listeners.add(listener);
  if (!worker) {
    worker = new Worker(new URL('./ticker.worker.ts', import.meta.url), { type: 'module' });
    worker.onmessage = () => {
      const now = Date.now();
      for (const each of listeners) each(now);
    };
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      worker?.terminate();
      worker = null;
    }
  };
}
