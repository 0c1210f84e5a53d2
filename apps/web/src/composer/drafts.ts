/** What was typed and not sent, per person and thread, kept in this browser until it is sent or emptied. */

const keyFor = (userId: string, threadId: string) => `patchline:draft:${userId}:${threadId}`;

export function loadDraft(userId: string, threadId: string): string {
  try {
    return localStorage.getItem(keyFor(userId, threadId)) ?? '';
  } catch (error) {
    console.info('This browser keeps no drafts.', error);
    return '';
  }
}

export function storeDraft(userId: string, threadId: string, body: string): void {
  try {
    if (body === '') localStorage.removeItem(keyFor(userId, threadId));
    else localStorage.setItem(keyFor(userId, threadId), body);
  } catch (error) {
    console.info('The draft lasts until this page is closed: the browser keeps none.', error);
  }
}
