import { type BusinessHours, problemsOfHours } from '@patchline/domain/business-hours';
import type { SendingClass } from '@patchline/domain/sending-rates';
import type { NumberDirectory } from '../carriers/index.ts';
import { redrawThreads } from '../messaging/index.ts';
import type { TenantTransaction } from '../platform/database/doors.ts';
import { ApiError } from '../platform/http/api-error.ts';
import { deactivate, refusingTaken } from './connect-number.ts';
import { type Asker, audited, type NumbersDeps } from './deps.ts';

interface Remembering {
  directory: Pick<NumberDirectory, 'find'>;
}

export interface NumberChange {
  name?: string | undefined;
  isDefault?: true | undefined;
  carrierAutoReply?: boolean | undefined;
  active?: boolean | undefined;
  /** Left out: as it is; null: none. */
  messagingService?: string | null | undefined;
  sendingClass?: SendingClass | null | undefined;
  campaign?: string | null | undefined;
  businessHours?: BusinessHours | null | undefined;
  closedReply?: string | null | undefined;
  teamId?: string | null | undefined;
}

/** Renames a number, makes it the default, says whether the carrier answers STOP itself, or pauses it. */
export async function changeNumber(
  deps: NumbersDeps & Remembering,
  asker: Asker,
  id: string,
  change: NumberChange,
): Promise<void> {
  refuseWrongHours(change.businessHours);
  const e164 = await deps.database.withTenant(asker.tenantId, async (tx) => {
    if (change.teamId) await requireTeam(tx, change.teamId);
    const before = await tx.first<{ e164: string; active: boolean; team_id: string | null; connected: boolean }>(
      `select n.e164, n.active, n.team_id, a.disconnected_at is null as connected
       from numbers n join carrier_accounts a on a.tenant_id = n.tenant_id and a.id = n.carrier_account_id
       where n.tenant_id = $1 and n.id = $2 for update of n`,
      [tx.tenantId, id],
    );
    if (before === null) throw new ApiError('not_found');
    // Its account was disconnected: the number comes back by connecting it again.
    if (change.active && !before.connected) throw new ApiError('number_not_yours');
    const active = change.active ?? before.active;
    if (change.isDefault && !active) {
      throw new ApiError('invalid_input', {
        message: 'A number that is switched off cannot be the default.',
        details: [{ path: 'isDefault', message: 'the number is switched off' }],
      });
    }
    await refusingTaken(
      tx.query(
        `update numbers set name = coalesce($3, name), carrier_auto_reply = coalesce($4, carrier_auto_reply),
           active = coalesce($5, active),
           messaging_service = case when $6 then $7 else messaging_service end,
           sending_class = case when $8 then $9 else sending_class end,
           campaign = case when $10 then $11 else campaign end,
           business_hours = case when $12 then $13::jsonb else business_hours end,
           closed_reply = case when $14 then $15 else closed_reply end,
           team_id = case when $16 then $17::uuid else team_id end
         where tenant_id = $1 and id = $2`,
        [
          tx.tenantId,
          id,
          change.name ?? null,
          change.carrierAutoReply ?? null,
          change.active ?? null,
          ...given(change.messagingService),
          ...given(change.sendingClass),
          ...given(change.campaign),
          ...given(change.businessHours && JSON.stringify(change.businessHours)),
          ...given(change.closedReply),
          ...given(change.teamId),
        ],
      ),
    );
    if (before.active && !active) await deactivate(tx, id);
    if (change.teamId !== undefined && change.teamId !== before.team_id) await redrawThreads(tx, [before.e164]);
    if (change.isDefault || (active && !before.active)) {
      await tx.query(
        `update tenants set default_number_id = case when $3 then $2 else coalesce(default_number_id, $2) end
         where tenant_id = $1`,
        [tx.tenantId, id, change.isDefault ?? false],
      );
    }
    await audited(deps, tx, asker, { kind: 'number.changed', subject: id, payload: { ...change } });
    return before.e164;
  });
  // This process goes by the change at once; others do within seconds.
  await deps.directory.find(e164, { fresh: true });
}

/** The team stays while the number is given to it. */
async function requireTeam(tx: TenantTransaction, teamId: string): Promise<void> {
  const team = await tx.first('select 1 from teams where tenant_id = $1 and id = $2 for key share', [
    tx.tenantId,
    teamId,
  ]);
  if (team === null) throw new ApiError('invalid_input', { details: [{ path: 'teamId', message: 'is no team' }] });
}

function refuseWrongHours(hours: BusinessHours | null | undefined): void {
  if (!hours) return;
  const problems = problemsOfHours(hours);
  if (problems.length === 0) return;
  throw new ApiError('invalid_input', {
    details: problems.map(({ path, message }) => ({ path: `businessHours.${path}`, message })),
  });
}

/** Whether something was said, and what. */
function given(value: string | null | undefined): [boolean, string | null] {
  return [value !== undefined, value ?? null];
}
