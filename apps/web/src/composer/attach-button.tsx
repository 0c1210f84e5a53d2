import { IconPaperclip } from '@tabler/icons-react';
import { useRef } from 'react';
import { IconButton } from '../ui/icon-button.tsx';

/** What carriers deliver with a text. */
const ACCEPTED = 'image/*,video/mp4,video/3gpp,audio/*,application/pdf,text/vcard,.vcf,text/calendar,.ics';

/** Opens the system's file picker. Files may be pasted and dropped as well. */
export function AttachButton({ onFiles, disabled }: { onFiles: (files: File[]) => void; disabled: boolean }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        accept={ACCEPTED}
        aria-label="Files to attach"
        onChange={(event) => {
          onFiles([...(event.currentTarget.files ?? [])]);
          // The same file may be picked again after it was removed.
          event.currentTarget.value = '';
        }}
      />
      <IconButton label="Attach pictures or files" disabled={disabled} onClick={() => input.current?.click()}>
        <IconPaperclip size={18} stroke={1.7} aria-hidden="true" />
      </IconButton>
    </>
  );
}
