import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';

/** Closer than this to the end counts as being there, in pixels. */
const NEAR = 48;
/** Closer than this to the start asks for the page before, in pixels. */
const AHEAD = 400;

interface Options {
  /** Changes with the first and the last thing shown: what tells an older page from a new text. */
  firstKey: string | undefined;
  lastKey: string | undefined;
  onNearTop: () => void;
}

export interface Scroll {
  ref: RefObject<HTMLDivElement | null>;
  content: RefObject<HTMLDivElement | null>;
  atBottom: boolean;
  onScroll: () => void;
  toBottom: () => void;
}

/** Keeps the reader's place: at the end it follows, further up nothing moves, and an older page grows upwards. */
export function useScroll({ firstKey, lastKey, onNearTop }: Options): Scroll {
  const ref = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const [atBottom, setAtBottom] = useState(true);
  const follow = useRef(true);
  const before = useRef<{ firstKey: string | undefined; height: number }>({ firstKey: undefined, height: 0 });

  const toBottom = useCallback(() => {
    const box = ref.current;
    if (!box) return;
    box.scrollTop = box.scrollHeight;
    follow.current = true;
    setAtBottom(true);
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: runs when something was added at either end.
  useLayoutEffect(() => {
    const box = ref.current;
    if (!box) return;
    const grown = box.scrollHeight - before.current.height;
    if (follow.current) box.scrollTop = box.scrollHeight;
    else if (before.current.firstKey !== firstKey && grown > 0) box.scrollTop += grown;
    before.current = { firstKey, height: box.scrollHeight };
  }, [firstKey, lastKey]);

  useEffect(() => {
    const box = ref.current;
    const inner = content.current;
    if (!box || !inner) return;
    // The composer grows and pictures load: whoever reads the end stays there.
    const observer = new ResizeObserver(() => {
      if (follow.current) box.scrollTop = box.scrollHeight;
      before.current.height = box.scrollHeight;
    });
    observer.observe(box);
    observer.observe(inner);
    return () => observer.disconnect();
  }, []);

  const onScroll = useCallback(() => {
    const box = ref.current;
    if (!box) return;
    const near = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR;
    follow.current = near;
    setAtBottom(near);
    if (box.scrollTop < AHEAD) onNearTop();
  }, [onNearTop]);

  return { ref, content, atBottom, onScroll, toBottom };
}
