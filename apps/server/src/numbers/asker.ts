import { actorOf, type Principal } from '../platform/http/principal.ts';
import type { Asker } from './deps.ts';

export function askerOf(principal: Principal): Asker {
  return { tenantId: principal.tenantId, actor: actorOf(principal) };
}
