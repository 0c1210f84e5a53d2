import type { Permission } from '@patchline/contracts/permissions';
import type { Role } from '@patchline/contracts/roles';
import { answer, client } from './client.ts';
import type { AuditQuery, CompanyChange, NewInvitation, SignUpInput, SsoInput } from './types-people.ts';

const byId = (id: string) => ({ params: { path: { id } } });

/** The HTTP calls about people, companies and signing in, one line each. */
export const people = {
  list: () => answer(client.GET('/people')),
  changeRole: (id: string, role: Role) => answer(client.PATCH('/people/{id}', { ...byId(id), body: { role } })),
  remove: (id: string) => answer(client.DELETE('/people/{id}', byId(id))),
  dropTwoFactor: (id: string) => answer(client.DELETE('/people/{id}/two-factor', byId(id))),
  signOutEverywhere: (id: string) => answer(client.DELETE('/people/{id}/sessions', byId(id))),

  invitations: () => answer(client.GET('/invitations')),
  invite: (body: NewInvitation) => answer(client.POST('/invitations', { body })),
  inviteAgain: (id: string) => answer(client.POST('/invitations/{id}/resend', byId(id))),
  takeBack: (id: string) => answer(client.DELETE('/invitations/{id}', byId(id))),
  lookAtInvitation: (token: string) => answer(client.POST('/invitations/look', { body: { token } })),
  acceptInvitation: (body: { token: string; name?: string; password?: string }) =>
    answer(client.POST('/invitations/accept', { body })),

  teams: () => answer(client.GET('/teams')),
  makeTeam: (name: string) => answer(client.POST('/teams', { body: { name } })),
  renameTeam: (id: string, name: string) => answer(client.PATCH('/teams/{id}', { ...byId(id), body: { name } })),
  deleteTeam: (id: string) => answer(client.DELETE('/teams/{id}', byId(id))),
  setMembers: (id: string, userIds: string[]) =>
    answer(client.PUT('/teams/{id}/members', { ...byId(id), body: { userIds } })),

  company: () => answer(client.GET('/tenant')),
  changeCompany: (body: CompanyChange) => answer(client.PATCH('/tenant', { body })),
  makeCompany: (body: { name: string; timeZone: string }) => answer(client.POST('/tenants', { body })),
  switchCompany: (tenantId: string) => answer(client.POST('/me/tenant', { body: { tenantId } })),

  sessions: () => answer(client.GET('/me/sessions')),
  endSession: (id: string) => answer(client.DELETE('/me/sessions/{id}', byId(id))),
  endOtherSessions: () => answer(client.DELETE('/me/sessions')),

  askForReset: (email: string) => answer(client.POST('/password-reset', { body: { email } })),
  resetPassword: (token: string, password: string) =>
    answer(client.POST('/password-reset/confirm', { body: { token, password } })),
  signUp: (body: SignUpInput) => answer(client.POST('/sign-up', { body })),
  confirmSignUp: (token: string) => answer(client.POST('/sign-up/confirm', { body: { token } })),

  sso: () => answer(client.GET('/sso')),
  addSso: (body: SsoInput) => answer(client.POST('/sso', { body })),
  changeSso: (id: string, body: Partial<SsoInput>) => answer(client.PATCH('/sso/{id}', { ...byId(id), body })),
  removeSso: (id: string) => answer(client.DELETE('/sso/{id}', byId(id))),
  startSso: (email: string) => answer(client.POST('/sso/start', { body: { email } })),

  apiKeys: () => answer(client.GET('/api-keys')),
  createApiKey: (body: { name: string; role: Role; scopes: Permission[] | null }) =>
    answer(client.POST('/api-keys', { body })),
  revokeApiKey: (id: string) => answer(client.DELETE('/api-keys/{id}', byId(id))),

  audit: (query: AuditQuery) => answer(client.GET('/audit', { params: { query } })),
};
