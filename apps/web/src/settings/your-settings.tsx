import { Button, SegmentedControl, Switch, useMantineColorScheme } from '@mantine/core';
import { useState } from 'react';
import { allowSound, chime } from '../live/chime.ts';
import { Panel, SettingRow } from './panel.tsx';
import { setPreferences, usePreferences } from './preferences.ts';
import { THEMES } from './themes.ts';

/** What belongs to this browser: looks, writing, and how new texts make themselves known. */
export function YourSettings() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const { enterSends, sound, desktop } = usePreferences();
  const [blocked, setBlocked] = useState(() => 'Notification' in window && Notification.permission === 'denied');
  const canNotify = 'Notification' in window;

  async function setDesktop(on: boolean) {
    if (!on) return setPreferences({ desktop: false });
    const permission = await Notification.requestPermission();
    setBlocked(permission === 'denied');
    setPreferences({ desktop: permission === 'granted' });
  }

  return (
    <>
      <Panel title="Appearance">
        <SettingRow title="Theme" help="System follows this computer.">
          <SegmentedControl
            size="xs"
            aria-label="Theme"
            data={THEMES}
            value={colorScheme}
            onChange={(value) => setColorScheme(value as typeof colorScheme)}
          />
        </SettingRow>
      </Panel>
      <Panel title="Writing">
        <SettingRow
          title="Enter sends"
          help={enterSends ? 'Shift-Enter starts a new line.' : 'Ctrl-Enter sends, Enter starts a new line.'}
        >
          <Switch
            aria-label="Enter sends"
            checked={enterSends}
            onChange={(event) => setPreferences({ enterSends: event.currentTarget.checked })}
          />
        </SettingRow>
      </Panel>
      <Panel title="New texts">
        <SettingRow title="Sound" help="Two soft notes, from one tab only. Not for the conversation you look at.">
          <Button
            variant="subtle"
            mr={8}
            onClick={() => {
              allowSound();
              chime();
            }}
          >
            Listen
          </Button>
          <Switch
            aria-label="Sound for new texts"
            checked={sound}
            onChange={(event) => setPreferences({ sound: event.currentTarget.checked })}
          />
        </SettingRow>
        <SettingRow
          title="Desktop notifications"
          help={
            !canNotify
              ? 'This browser shows none.'
              : blocked
                ? 'The browser blocks them for this address. Allow them in its site settings, then switch this on.'
                : 'The browser asks once whether it may.'
          }
        >
          <Switch
            aria-label="Desktop notifications for new texts"
            disabled={!canNotify}
            checked={desktop && !blocked}
            onChange={(event) => void setDesktop(event.currentTarget.checked)}
          />
        </SettingRow>
      </Panel>
    </>
  );
}
