import { v7 as uuidv7 } from 'uuid';
import type { SignIn } from '../platform/auth/sign-in.ts';
import type { Database } from '../platform/database/doors.ts';
import { ApiError } from '../platform/http/api-error.ts';
import { createTenant, hasTenant, ownInstallation } from './create-tenant.ts';
import type { SetupToken } from './setup-token.ts';

export interface SetUpDeps {
  database: Database;
  signIn: Pick<SignIn, 'ensureUser'>;
  setupToken: SetupToken;
}

export interface FirstOwner {
  token: string;
  name: string;
  email: string;
  password: string;
  tenantName: string;
  timeZone: string;
}

/**
 * Makes the first tenant and its owner. Throws `setup_done` once there is a tenant and `setup_token_wrong` for a token
 * that is not the one printed at the last start.
 */
export async function setUp({ database, signIn, setupToken }: SetUpDeps, wish: FirstOwner): Promise<void> {
  await database.withPlatform(async (tx) => {
    // One set-up at a time; the number is arbitrary but fixed.
    await tx.query('select pg_advisory_xact_lock(724391107)');
    if (await hasTenant(tx)) throw new ApiError('setup_done');
    if (!(await setupToken.matches(wish.token))) throw new ApiError('setup_token_wrong');
    // Signs in through a connection of its own: a crash from here on leaves a person without a team, whom the next try finds.
    const { id: ownerId } = await signIn.ensureUser(wish);
    await ownInstallation(tx, ownerId);
    await createTenant(tx, { id: uuidv7(), name: wish.tenantName, timeZone: wish.timeZone, ownerId });
  });
  await setupToken.discard();
}
