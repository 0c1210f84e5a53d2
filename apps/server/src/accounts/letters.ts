/** What our letters say. Plain text: every reader shows it, and no name in it can become markup. */

interface Words {
  subject: string;
  text: string;
}

/** Names are given by people: no line break of theirs may begin a line of ours. */
const inLine = (text: string) => text.replace(/\s+/g, ' ').trim();

export function invitationLetter(about: { tenantName: string; inviterName: string | null; link: string }): Words {
  const tenant = inLine(about.tenantName);
  const who = about.inviterName === null ? 'You are invited' : `${inLine(about.inviterName)} invites you`;
  return {
    subject: `Join ${tenant} on Patchline`,
    text: `${who} to join ${tenant} on Patchline, where the team answers its texts.

${about.link}

The link is good for 7 days and works once. If you do not know what this is about, do nothing.
`,
  };
}

export function passwordResetLetter(about: { link: string }): Words {
  return {
    subject: 'A new password for Patchline',
    text: `Somebody, we hope you, asked for a new password for this address. Choose it here:

${about.link}

The link is good for one hour and works once. You will be signed out everywhere else.
If you did not ask, do nothing: your password stays as it is.
`,
  };
}

export function passwordChangedLetter(): Words {
  return {
    subject: 'Your Patchline password was changed',
    text: `The password of your Patchline account was just changed by a link sent to this address, and every session was ended.

If that was not you, ask for a new password at once and tell the person who runs Patchline in your company.
`,
  };
}

export function secondFactorDroppedLetter(about: { byName: string; tenantName: string }): Words {
  return {
    subject: 'Your second factor for Patchline was switched off',
    text: `${inLine(about.byName)} of ${inLine(about.tenantName)} switched off the second factor of your Patchline account. You sign in with your password alone until you set it up again, under Settings, Security.

If you did not ask for that, talk to them, and set it up again now.
`,
  };
}
