/** What the modifier of shortcuts is called on this keyboard. */
export const modKey = /mac|iphone|ipad/i.test(navigator.userAgent) ? '⌘' : 'Ctrl';
