import { useConvexConnectionState } from 'convex/react';
import { useEffect, useState } from 'react';

/** Silence shorter than this is not worth a word. */
const PATIENCE_MS = 2_000;

/** Whether live updates have been away for longer than two seconds. */
export function useConnectionTrouble(): boolean {
  const connected = useConvexConnectionState().isWebSocketConnected;
  const [trouble, setTrouble] = useState(false);
  useEffect(() => {
    if (connected) {
      setTrouble(false);
      return;
    }
    const timer = setTimeout(() => setTrouble(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [connected]);
  return trouble;
}

/** A number that grows by one each time the connection comes back: what was missed is then fetched again. */
export function useReconnections(): number {
  const state = useConvexConnectionState();
  return Math.max(0, state.connectionCount - 1);
}
