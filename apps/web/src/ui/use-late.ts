import { useEffect, useState } from 'react';

/** Becomes true once `on` has lasted for `ms`: what is done sooner needs no loading sign. */
export function useLate(on: boolean, ms = 150): boolean {
  const [late, setLate] = useState(false);
  useEffect(() => {
    if (!on) {
      setLate(false);
      return;
    }
    const timer = setTimeout(() => setLate(true), ms);
    return () => clearTimeout(timer);
  }, [on, ms]);
  return on && late;
}
