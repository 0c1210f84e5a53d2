import { Button, Progress } from '@mantine/core';
import { IconFileUpload } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type DragEvent, useRef, useState } from 'react';
import { sentence } from '../api/errors.ts';
import { uploadImport } from '../api/upload-import.ts';
import { fileSize } from '../format/file-size.ts';
import { FormNote } from '../ui/form-note.tsx';
import classes from './imports.module.css';
import { importsQuery } from './queries.ts';

/** Takes a file by dropping or choosing, sends it, and leads to its import. */
export function DropFile() {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const field = useRef<HTMLInputElement>(null);
  const stop = useRef<AbortController | null>(null);
  const [over, setOver] = useState(false);
  const [part, setPart] = useState(0);
  const upload = useMutation({
    mutationFn: (file: File) => {
      stop.current = new AbortController();
      setPart(0);
      return uploadImport(file, setPart, stop.current.signal);
    },
    onSuccess: async (made) => {
      queries.setQueryData(['contact-import', made.id], made);
      void queries.invalidateQueries({ queryKey: importsQuery.queryKey });
      await navigate({ to: '/contacts/imports/$importId', params: { importId: made.id } });
    },
  });
  const stopped = upload.error instanceof DOMException && upload.error.name === 'AbortError';

  function take(files: FileList | null) {
    const file = files?.[0];
    if (file && !upload.isPending) upload.mutate(file);
  }

  function drop(event: DragEvent) {
    event.preventDefault();
    setOver(false);
    take(event.dataTransfer.files);
  }

  return (
    <section
      className={classes.drop}
      aria-label="A new file"
      data-over={over || undefined}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      {upload.isPending ? (
        <div className={classes.sending}>
          <p>
            Sending {upload.variables.name}, {fileSize(upload.variables.size)}
          </p>
          <Progress value={part * 100} aria-label="Sent so far" size="sm" />
          <Button variant="default" onClick={() => stop.current?.abort()}>
            Cancel
          </Button>
        </div>
      ) : (
        <>
          <IconFileUpload size={24} stroke={1.6} aria-hidden="true" />
          <div className={classes.dropWords}>
            <p className={classes.strong}>Drop a file with contacts here</p>
            <p className={classes.quiet}>
              A table as CSV with a row of headings, up to 1 GB. Commas, semicolons and tabs are known. From Excel:
              “Save as”, CSV.
            </p>
          </div>
          <Button variant="default" onClick={() => field.current?.click()}>
            Choose a file
          </Button>
          <input
            ref={field}
            type="file"
            hidden
            accept=".csv,.tsv,.txt,text/csv,text/plain"
            aria-label="File with contacts"
            onChange={(event) => {
              take(event.currentTarget.files);
              event.currentTarget.value = '';
            }}
          />
          {upload.isError && !stopped && <FormNote>{sentence(upload.error)}</FormNote>}
        </>
      )}
    </section>
  );
}
