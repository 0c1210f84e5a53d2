import { useSyncExternalStore } from 'react';
import { uploadMedia } from '../api/media.ts';
import { newId } from '../format/new-id.ts';
import { type Attachment, type Attachments, createAttachments } from './attachments.ts';

const byThread = new Map<string, Attachments>();

function attachmentsOf(threadId: string): Attachments {
  const known = byThread.get(threadId);
  if (known) return known;
  const made = createAttachments({
    upload: uploadMedia,
    newKey: newId,
    makePreview: (file) => URL.createObjectURL(file),
    dropPreview: (url) => URL.revokeObjectURL(url),
  });
  byThread.set(threadId, made);
  return made;
}

/** The files that wait in a thread's composer. */
export function useAttachments(threadId: string): { files: readonly Attachment[]; attachments: Attachments } {
  const attachments = attachmentsOf(threadId);
  const files = useSyncExternalStore(attachments.subscribe, attachments.list);
  return { files, attachments };
}
