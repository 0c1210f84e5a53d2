import { Kbd, Modal } from '@mantine/core';
import classes from './keyboard-help.module.css';
import { modKey } from './mod-key.ts';

const KEYS: Array<{ what: string; keys: string[] }> = [
  { what: 'Next, previous conversation', keys: ['J', 'K'] },
  { what: 'Reply', keys: ['R'] },
  { what: 'Close or reopen the conversation', keys: ['E'] },
  { what: 'New message', keys: ['N'] },
  { what: 'Search the list', keys: ['/'] },
  { what: 'Anything: people, places, actions', keys: [modKey, 'K'] },
  { what: 'Leave the text field', keys: ['Esc'] },
  { what: 'This help', keys: ['?'] },
];

export function KeyboardHelp({ onClose }: { onClose: () => void }) {
  return (
    <Modal opened onClose={onClose} title="Keyboard" size="sm" closeButtonProps={{ 'aria-label': 'Close' }}>
      <dl className={classes.keys}>
        {KEYS.map(({ what, keys }) => (
          <div key={what} className={classes.row}>
            <dt>{what}</dt>
            <dd>
              {keys.map((key) => (
                <Kbd key={key} size="sm">
                  {key}
                </Kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}
