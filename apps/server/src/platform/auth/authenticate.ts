import type { Principal } from '../http/principal.ts';
import type { ApiKeyDoor } from './api-keys.ts';
import type { Memberships } from './memberships.ts';
import type { Sessions } from './sessions.ts';
import type { SignIn } from './sign-in.ts';

export interface Authenticated {
  principal: Principal;
  /** Cookies whose life was extended by this use. */
  setCookies: string[];
}

/** Who sends these headers: an API key when there is an Authorization header, else the session of the cookies. */
export type Authenticate = (headers: Headers) => Promise<Authenticated | null>;

export function createAuthenticate(doors: {
  signIn: Pick<SignIn, 'getSession'>;
  sessions: Pick<Sessions, 'touch'>;
  memberships: Pick<Memberships, 'membershipOf'>;
  apiKeys: Pick<ApiKeyDoor, 'find'>;
}): Authenticate {
  return async (headers) => {
    const authorization = headers.get('authorization');
    if (authorization !== null) {
      const key = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
      const principal = key === undefined ? null : await doors.apiKeys.find(key);
      // A wrong key is never excused by a good cookie: a program must learn that its key is dead.
      return principal === null ? null : { principal, setCookies: [] };
    }

    if (!headers.has('cookie')) return null;
    const found = await doors.signIn.getSession(headers);
    if (found === null || found.session.tenantId === null) return null;
    const { sessionId, tenantId, user } = found.session;
    const membership = await doors.memberships.membershipOf(user.id, tenantId);
    if (membership === null) return null;
    doors.sessions.touch({ sessionId, userId: user.id, tenantId });
    return {
      principal: {
        kind: 'person',
        tenantId,
        userId: user.id,
        sessionId,
        name: user.name,
        email: user.email,
        ...membership,
        where: null,
      },
      setCookies: found.setCookies,
    };
  };
}
