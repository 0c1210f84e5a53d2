import { Button, Checkbox, CopyButton, Group, Modal } from '@mantine/core';
import { IconCheck, IconCopy, IconDownload } from '@tabler/icons-react';
import { useState } from 'react';
import classes from './second-factor.module.css';

/** Shows recovery codes once. It closes only when one says that they are kept. */
export function RecoveryCodes({ codes, onClose }: { codes: string[]; onClose: () => void }) {
  const [kept, setKept] = useState(false);
  const text = `${codes.join('\n')}\n`;
  return (
    <Modal
      opened
      onClose={onClose}
      title="Keep these recovery codes"
      size="sm"
      withCloseButton={false}
      closeOnClickOutside={false}
      closeOnEscape={false}
    >
      <p>
        When your phone is not at hand, one of these lets you in instead of the app’s code. Each works once. They are
        shown this once.
      </p>
      <ul className={classes.codes} aria-label="Recovery codes">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <Group gap={8} mt={12}>
        <CopyButton value={text}>
          {({ copied, copy }) => (
            <Button
              variant="default"
              data-autofocus
              onClick={copy}
              leftSection={
                copied ? (
                  <IconCheck size={16} stroke={1.7} aria-hidden="true" />
                ) : (
                  <IconCopy size={16} stroke={1.7} aria-hidden="true" />
                )
              }
            >
              {copied ? 'Copied' : 'Copy'}
            </Button>
          )}
        </CopyButton>
        <Button
          variant="default"
          component="a"
          href={`data:text/plain;charset=utf-8,${encodeURIComponent(text)}`}
          download="patchline-recovery-codes.txt"
          leftSection={<IconDownload size={16} stroke={1.7} aria-hidden="true" />}
        >
          Download
        </Button>
      </Group>
      <Checkbox
        mt={16}
        size="xs"
        label="I keep them where I find them without this phone"
        checked={kept}
        onChange={(event) => setKept(event.currentTarget.checked)}
      />
      <Group justify="flex-end" mt={12}>
        <Button disabled={!kept} onClick={onClose}>
          Done
        </Button>
      </Group>
    </Modal>
  );
}
