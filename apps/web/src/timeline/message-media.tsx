import { IconAlertTriangle, IconDownload, IconFile, IconPhoto } from '@tabler/icons-react';
import { useState } from 'react';
import { mediaUrl } from '../api/media.ts';
import type { MediaItem } from '../api/types.ts';
import { fileSize } from '../format/file-size.ts';
import classes from './message-media.module.css';

interface Props {
  media: readonly MediaItem[];
  /** Whose they are, for those who hear the page. */
  author: string;
}

/** The pictures and files of a text. */
export function MessageMedia({ media, author }: Props) {
  return (
    <ul className={classes.list} data-single={media.length === 1 ? '' : undefined}>
      {media.map((item) => (
        <li key={item.id}>
          <Item item={item} author={author} />
        </li>
      ))}
    </ul>
  );
}

function Item({ item, author }: { item: MediaItem; author: string }) {
  const [broken, setBroken] = useState(false);
  const [kind] = item.contentType.split('/');
  if (item.status === 'pending') {
    return (
      <p className={classes.note} role="status" data-pending="">
        <IconPhoto size={16} stroke={1.7} aria-hidden="true" />
        Fetching {kind === 'image' ? 'the picture' : 'the file'}…
      </p>
    );
  }
  if (item.status === 'failed') {
    return (
      <p className={classes.note} data-tone="bad">
        <IconAlertTriangle size={16} stroke={1.7} aria-hidden="true" />
        {kind === 'image' ? 'A picture' : 'A file'} came with this text and could not be fetched.
      </p>
    );
  }
  const url = mediaUrl(item.id);
  if (SHOWN_IMAGES.has(item.contentType) && !broken) {
    return (
      <a className={classes.picture} href={url} target="_blank" rel="noreferrer">
        <img src={url} alt={item.name ?? `From ${author}`} loading="lazy" onError={() => setBroken(true)} />
      </a>
    );
  }
  if (kind === 'video') {
    // biome-ignore lint/a11y/useMediaCaption: what people film with their phones has no captions.
    return <video className={classes.video} src={url} controls preload="metadata" />;
  }
  if (kind === 'audio') {
    // biome-ignore lint/a11y/useMediaCaption: a voice note has no captions.
    return <audio className={classes.audio} src={url} controls preload="metadata" />;
  }
  return (
    <a className={classes.file} href={url} download={item.name ?? ''}>
      <IconFile size={18} stroke={1.6} aria-hidden="true" />
      <span className={classes.name}>{item.name ?? wordFor(item.contentType)}</span>
      <span className={classes.size}>{item.bytes === null ? '' : fileSize(item.bytes)}</span>
      <IconDownload size={16} stroke={1.7} aria-hidden="true" />
    </a>
  );
}

/** What every browser shows in a page. */
const SHOWN_IMAGES = new Set(['image/jpeg', 'image/png', 'image/gif', 'image/webp']);

const WORDS: Record<string, string> = {
  'application/pdf': 'PDF document',
  'text/vcard': 'Contact card',
  'text/x-vcard': 'Contact card',
  'image/heic': 'Picture (HEIC)',
  'image/tiff': 'Picture (TIFF)',
};

function wordFor(contentType: string): string {
  return WORDS[contentType] ?? 'File';
}
