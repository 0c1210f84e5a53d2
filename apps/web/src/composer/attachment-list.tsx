import { Loader } from '@mantine/core';
import { IconAlertTriangle, IconFile, IconRefresh, IconX } from '@tabler/icons-react';
import { fileSize } from '../format/file-size.ts';
import { IconButton } from '../ui/icon-button.tsx';
import classes from './attachment-list.module.css';
import type { Attachment, Attachments } from './attachments.ts';

/** The files that go with the text being written. */
export function AttachmentList({ files, attachments }: { files: readonly Attachment[]; attachments: Attachments }) {
  if (files.length === 0) return null;
  return (
    <ul className={classes.list} aria-label="Attached files">
      {files.map((file) => (
        <li key={file.key} className={classes.file} data-state={file.state}>
          <Sign file={file} />
          <span className={classes.words}>
            <span className={classes.name}>{file.name}</span>
            {file.state === 'failed' ? (
              <span className={classes.problem} role="alert">
                {file.problem}
              </span>
            ) : (
              <span className={classes.size}>{file.state === 'uploading' ? 'Uploading…' : fileSize(file.bytes)}</span>
            )}
          </span>
          {file.state === 'failed' && file.again && (
            <IconButton label={`Upload ${file.name} again`} onClick={() => attachments.retry(file.key)}>
              <IconRefresh size={16} stroke={1.7} aria-hidden="true" />
            </IconButton>
          )}
          <IconButton label={`Remove ${file.name}`} onClick={() => attachments.remove(file.key)}>
            <IconX size={16} stroke={1.7} aria-hidden="true" />
          </IconButton>
        </li>
      ))}
    </ul>
  );
}

function Sign({ file }: { file: Attachment }) {
  if (file.state === 'uploading') return <Loader size={18} color="gray" aria-hidden="true" />;
  if (file.state === 'failed') return <IconAlertTriangle size={18} stroke={1.6} aria-hidden="true" />;
  if (file.preview !== null) return <img className={classes.preview} src={file.preview} alt="" />;
  return <IconFile size={18} stroke={1.6} aria-hidden="true" />;
}
