/** What this browser's tabs tell each other: which one rings, and which conversation somebody looks at. */

interface Looking {
  tabId: string;
  conversationId: string | null;
}

/** Runs `whenChosen` in one tab only; when that tab goes, another is chosen. Returns how to step down. */
export function beTheOne(name: string, whenChosen: () => void): () => void {
  if (!('locks' in navigator)) {
    // Without secure context there is no such lock; then every tab rings, which is better than none.
    whenChosen();
    return () => undefined;
  }
  const stop = new AbortController();
  let stepDown: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    stepDown = resolve;
  });
  navigator.locks
    .request(name, { signal: stop.signal }, () => {
      whenChosen();
      return held;
    })
    .catch((error: unknown) => {
      if (!stop.signal.aborted) console.warn('The tabs could not agree on which one rings.', error);
    });
  return () => {
    stop.abort();
    stepDown();
  };
}

/** Shares what each tab looks at. */
export function shareLooking(tabId: string) {
  const channel = new BroadcastChannel('patchline-looking');
  const others = new Map<string, string | null>();
  let mine: string | null = null;
  channel.onmessage = ({ data }: MessageEvent<Looking>) => {
    others.set(data.tabId, data.conversationId);
  };
  return {
    look: (conversationId: string | null) => {
      if (conversationId === mine) return;
      mine = conversationId;
      channel.postMessage({ tabId, conversationId } satisfies Looking);
    },
    isSeen: (conversationId: string) => mine === conversationId || [...others.values()].includes(conversationId),
    close: () => {
      channel.postMessage({ tabId, conversationId: null } satisfies Looking);
      channel.close();
    },
  };
}
