/** Where to go after signing in. Only a path of our own: an address from the query must not lead to another site. */
export function ownPath(to: string | undefined): string {
  return to && /^\/(?![/\\])/.test(to) ? to : '/inbox';
}
