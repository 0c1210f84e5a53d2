import { Fragment } from 'react';

/** Web addresses in a text. Kept strict: only with http or https, so that nothing else ever becomes a link. */
const ADDRESS = /(https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]}])/g;

/** A text as it was written, with its line breaks, and web addresses one can follow. */
export function LinkedText({ text }: { text: string }) {
  const parts = text.split(ADDRESS);
  return parts.map((part, index) => {
    const key = `${index}`;
    if (index % 2 === 0) return <Fragment key={key}>{part}</Fragment>;
    return (
      <a key={key} href={part} target="_blank" rel="noreferrer noopener">
        {part}
      </a>
    );
  });
}
