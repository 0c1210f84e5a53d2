import { queryOptions } from '@tanstack/react-query';
import { people } from '../api/calls-people.ts';

export const peopleQuery = queryOptions({ queryKey: ['people'], queryFn: people.list });
export const invitationsQuery = queryOptions({ queryKey: ['invitations'], queryFn: people.invitations });
export const teamsQuery = queryOptions({ queryKey: ['teams'], queryFn: people.teams });
export const companyQuery = queryOptions({ queryKey: ['company'], queryFn: people.company });
export const sessionsQuery = queryOptions({ queryKey: ['sessions'], queryFn: people.sessions });
export const ssoQuery = queryOptions({ queryKey: ['sso'], queryFn: people.sso });
export const apiKeysQuery = queryOptions({ queryKey: ['api-keys'], queryFn: people.apiKeys });
