import { Button, Menu } from '@mantine/core';
import { IconCopy, IconDotsVertical, IconDownload, IconForms, IconPlus, IconUpload } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { exportUrl } from '../api/calls-contacts.ts';
import type { ContactFilter } from '../api/types-contacts.ts';
import { useMay } from '../session/use-may.ts';
import { IconButton } from '../ui/icon-button.tsx';
import { isNarrowed } from './contact-search.ts';
import classes from './contacts-page.module.css';
import { NewContact } from './new-contact.tsx';

const ICON = { size: 16, stroke: 1.7, 'aria-hidden': true } as const;

/** What can be done with contacts beside finding them. */
export function ContactActions({ filter }: { filter: ContactFilter }) {
  const may = useMay();
  const [adding, setAdding] = useState(false);
  return (
    <div className={classes.actions}>
      {may('contacts.edit') && (
        <Button leftSection={<IconPlus {...ICON} />} onClick={() => setAdding(true)}>
          New contact
        </Button>
      )}
      <Menu position="bottom-end">
        <Menu.Target>
          <IconButton label="More for contacts">
            <IconDotsVertical size={18} stroke={1.7} />
          </IconButton>
        </Menu.Target>
        <Menu.Dropdown>
          {may('contacts.import') && (
            <Menu.Item component={Link} to="/contacts/imports" leftSection={<IconUpload {...ICON} />}>
              Import
            </Menu.Item>
          )}
          {may('contacts.export') && (
            <Menu.Item component="a" href={exportUrl(filter)} download leftSection={<IconDownload {...ICON} />}>
              {isNarrowed(filter) ? 'Export what is shown' : 'Export all'}
            </Menu.Item>
          )}
          <Menu.Item component={Link} to="/contacts/duplicates" leftSection={<IconCopy {...ICON} />}>
            Duplicates
          </Menu.Item>
          {may('contacts.fields') && (
            <Menu.Item component={Link} to="/settings/contact-fields" leftSection={<IconForms {...ICON} />}>
              Fields
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      {adding && <NewContact onClose={() => setAdding(false)} />}
    </div>
  );
}
