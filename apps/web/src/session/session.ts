import type { ConvexReactClient } from 'convex/react';
import { createContext, useContext } from 'react';
import type { Me } from '../api/types.ts';

export interface Session {
  me: Me;
  /** Tells this tab from the same person's other tabs. */
  tabId: string;
  hot: ConvexReactClient;
}

export const SessionContext = createContext<Session | null>(null);

/** Who is signed in. Only below the desk's frame, where somebody always is. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error('useSession is used outside the desk');
  return session;
}
