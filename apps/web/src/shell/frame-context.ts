import { createContext, useContext } from 'react';

interface FrameActions {
  openHelp: () => void;
  openNewMessage: () => void;
}

export const FrameContext = createContext<FrameActions>({ openHelp: () => undefined, openNewMessage: () => undefined });

/** What any page may ask the frame to open. */
export function useFrame(): FrameActions {
  return useContext(FrameContext);
}
