import { PasswordPanel } from './password-panel.tsx';
import { SecondFactorPanel } from './second-factor-panel.tsx';
import { SessionsPanel } from './sessions-panel.tsx';

/** How one's own way in is kept: password, second factor, and where one is signed in. */
export function Security() {
  return (
    <>
      <SecondFactorPanel />
      <PasswordPanel />
      <SessionsPanel />
    </>
  );
}
