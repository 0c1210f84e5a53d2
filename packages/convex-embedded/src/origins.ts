/**
 * Decides which web pages may use the server. Without a list: pages of this machine, and clients
 * that are no browsers (they send no origin).
 */
export function originCheck(origins: readonly string[] | undefined): (origin: string | undefined) => boolean {
  const allowed = new Set(origins);
  return (origin) => {
    if (origin === undefined || allowed.has('*')) return true;
    if (allowed.has(origin)) return true;
    if (origins !== undefined) return false;
    try {
      const { hostname } = new URL(origin);
      return (
        hostname === 'localhost' || hostname === '127.0.0.1' || hostname === '[::1]' || hostname.endsWith('.localhost')
      );
    } catch (error) {
      if (error instanceof TypeError) return false;
      throw error;
    }
  };
}
