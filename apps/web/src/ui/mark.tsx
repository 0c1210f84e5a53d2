/** The mark: a patch cord between two jacks. */
export function Mark({ size = 30 }: { size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 32 32"
      fill="none"
      stroke="var(--accent)"
      strokeWidth="2.6"
      strokeLinecap="round"
      aria-hidden="true"
    >
      <circle cx="9" cy="9.5" r="4" />
      <circle cx="23" cy="22.5" r="4" />
      <path d="M9 13.5v3a6 6 0 0 0 6 6h4" />
    </svg>
  );
}
