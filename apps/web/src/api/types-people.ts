import type { Permission } from '@patchline/contracts/permissions';
import type { Role } from '@patchline/contracts/roles';

/** The people of a company, who they are in it, and how they sign in, as the API says it. Times are ISO 8601 strings. */

export interface Named {
  id: string;
  name: string;
}

export interface Person {
  id: string;
  name: string;
  email: string;
  role: Role;
  since: string;
  teams: Named[];
  twoFactor: boolean;
  lastSeenAt: string | null;
}

export interface Invitation {
  id: string;
  email: string;
  role: Role;
  teamIds: string[];
  invitedBy: Named | null;
  createdAt: string;
  expiresAt: string;
}

export interface NewInvitation {
  email: string;
  role: Role;
  teamIds?: string[];
}

/** What an invitation's link says to whoever opens it. */
export interface InvitationLook {
  email: string;
  tenantName: string;
  role: Role;
  /** Somebody of that e-mail signs in here already. */
  hasAccount: boolean;
}

export interface Team {
  id: string;
  name: string;
  memberIds: string[];
  numberIds: string[];
}

export interface Retention {
  messagesDays: number | null;
  recordingsDays: number | null;
  auditDays: number | null;
}

export interface AllowedAi {
  transcription: boolean;
  suggestions: boolean;
  assistants: boolean;
}

export interface Company {
  id: string;
  name: string;
  timeZone: string;
  branding: { accent: string | null };
  ai: AllowedAi;
  /** In days; null: kept for good. */
  retention: Retention;
  rules: { country: string };
}

export type CompanyChange = Partial<Omit<Company, 'id' | 'ai' | 'retention'>> & {
  ai?: Partial<AllowedAi>;
  retention?: Partial<Retention>;
};

export interface SignedInPlace {
  id: string;
  /** The one that asks. */
  current: boolean;
  createdAt: string;
  lastUsedAt: string;
  ip: string | null;
  userAgent: string | null;
  tenant: Named;
}

export interface SsoProvider {
  id: string;
  domain: string;
  issuer: string;
  clientId: string;
  /** People of this domain cannot sign in with a password. */
  required: boolean;
}

export interface SsoInput {
  domain: string;
  issuer: string;
  clientId: string;
  clientSecret: string;
  required: boolean;
}

export interface ApiKey {
  id: string;
  name: string;
  /** Its first characters, to tell keys apart. */
  prefix: string;
  role: Role;
  /** What it may do of what its role may; null: all of that. */
  scopes: Permission[] | null;
  createdAt: string;
  lastUsedAt: string | null;
}

export interface NewApiKey extends ApiKey {
  /** Shown once; the server keeps only its hash. */
  key: string;
}

export interface AuditEntry {
  id: string;
  at: string;
  kind: string;
  /** What happened, in words that follow the name of who acted. */
  words: string;
  actor: { kind: string; id: string | null; name: string | null };
  subject: string;
  subjectName: string | null;
  where: { ip: string; userAgent: string | null } | null;
  /** Null when it was erased. */
  details: Record<string, unknown> | null;
}

export interface AuditQuery {
  q?: string;
  kind?: string;
  actor?: string;
  from?: string;
  to?: string;
  cursor?: string;
}

export interface SignUpInput {
  email: string;
  name: string;
  password: string;
  tenantName: string;
  timeZone: string;
}
