/** How long a thread lock lives without renewal, in milliseconds. */
export const LOCK_LEASE_MS = 30_000;

/** How often its holder renews it, in milliseconds: two renewals may be lost before the lock is. */
export const LOCK_RENEW_MS = 10_000;

/** How long "is typing" is shown after the last key, in milliseconds. */
export const TYPING_MS = 6_000;
