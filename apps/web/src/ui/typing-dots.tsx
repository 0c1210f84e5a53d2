import classes from './typing-dots.module.css';

export function TypingDots() {
  return (
    <span className={classes.dots}>
      <i aria-hidden="true" />
      <i aria-hidden="true" />
      <i aria-hidden="true" />
      <span className="sr-only">is typing</span>
    </span>
  );
}
