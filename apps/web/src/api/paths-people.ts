import type { Permission } from '@patchline/contracts/permissions';
import type { Role } from '@patchline/contracts/roles';
import type { ById, Get, Nothing, Operation } from './path-shapes.ts';
import type { Page } from './types.ts';
import type {
  ApiKey,
  AuditEntry,
  AuditQuery,
  Company,
  CompanyChange,
  Invitation,
  InvitationLook,
  NewApiKey,
  NewInvitation,
  Person,
  SignedInPlace,
  SignUpInput,
  SsoInput,
  SsoProvider,
  Team,
} from './types-people.ts';

/** The routes about people, companies and how one signs in. */
export interface PeoplePaths {
  '/me/tenant': { post: Operation<Nothing, { tenantId: string }, unknown> };
  '/me/sessions': { get: Get<Nothing, { items: SignedInPlace[] }>; delete: Get<Nothing, unknown> };
  '/me/sessions/{id}': { delete: Get<ById, unknown> };
  '/people': { get: Get<Nothing, { items: Person[] }> };
  '/people/{id}': { patch: Operation<ById, { role: Role }, unknown>; delete: Get<ById, unknown> };
  '/people/{id}/two-factor': { delete: Get<ById, unknown> };
  '/people/{id}/sessions': { delete: Get<ById, unknown> };
  '/invitations': {
    get: Get<Nothing, { items: Invitation[] }>;
    post: Operation<Nothing, NewInvitation, { id: string }>;
  };
  '/invitations/{id}': { delete: Get<ById, unknown> };
  '/invitations/{id}/resend': { post: Get<ById, unknown> };
  '/invitations/look': { post: Operation<Nothing, { token: string }, InvitationLook> };
  '/invitations/accept': {
    post: Operation<Nothing, { token: string; name?: string; password?: string }, unknown>;
  };
  '/password-reset': { post: Operation<Nothing, { email: string }, unknown> };
  '/password-reset/confirm': { post: Operation<Nothing, { token: string; password: string }, unknown> };
  '/sign-up': { post: Operation<Nothing, SignUpInput, unknown> };
  '/sign-up/confirm': { post: Operation<Nothing, { token: string }, unknown> };
  '/teams': { get: Get<Nothing, { items: Team[] }>; post: Operation<Nothing, { name: string }, { id: string }> };
  '/teams/{id}': { patch: Operation<ById, { name: string }, unknown>; delete: Get<ById, unknown> };
  '/teams/{id}/members': { put: Operation<ById, { userIds: string[] }, unknown> };
  '/tenants': { post: Operation<Nothing, { name: string; timeZone: string }, { id: string }> };
  '/tenant': { get: Get<Nothing, Company>; patch: Operation<Nothing, CompanyChange, unknown> };
  '/sso': { get: Get<Nothing, { items: SsoProvider[] }>; post: Operation<Nothing, SsoInput, { id: string }> };
  '/sso/{id}': { patch: Operation<ById, Partial<SsoInput>, unknown>; delete: Get<ById, unknown> };
  '/sso/start': { post: Operation<Nothing, { email: string }, { url: string }> };
  '/api-keys': {
    get: Get<Nothing, { items: ApiKey[] }>;
    post: Operation<Nothing, { name: string; role: Role; scopes: Permission[] | null }, NewApiKey>;
  };
  '/api-keys/{id}': { delete: Get<ById, unknown> };
  '/audit': { get: Get<{ query?: AuditQuery }, Page<AuditEntry>> };
}
