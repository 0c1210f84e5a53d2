import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { hasCode } from './api/errors.ts';
import type { StatusFilter } from './api/types.ts';
import { readContactFilter } from './contacts/contact-search.ts';
import { meQuery, setupQuery } from './session/load-session.ts';
import { readAuditSearch } from './settings/audit-search.ts';
import { LoadFailed } from './shell/load-failed.tsx';
import { NotFound } from './shell/not-found.tsx';

interface Context {
  queries: QueryClient;
}

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);

const withToken = (search: Record<string, unknown>): { token?: string } => ({ token: text(search.token) });

const rootRoute = createRootRouteWithContext<Context>()({ component: Outlet, notFoundComponent: NotFound });

const NOTICES = ['reset', 'joined', 'confirmed'] as const;

interface SignInSearch {
  to?: string;
  /** Why single sign-on did not let somebody in. */
  error?: string;
  /** What has just been done elsewhere. */
  notice?: (typeof NOTICES)[number];
}

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  validateSearch: (search): SignInSearch => ({
    to: text(search.to),
    error: text(search.error),
    notice: NOTICES.find((each) => each === search.notice),
  }),
  beforeLoad: async ({ context }) => {
    // Without an owner there is nobody who could sign in. A server that cannot say so yet still shows the form.
    const setup = await context.queries.fetchQuery(setupQuery).catch(() => ({ needed: false }));
    if (setup.needed) throw redirect({ to: '/setup' });
  },
  component: lazyRouteComponent(() => import('./session/sign-in-page.tsx'), 'SignInPage'),
});

const setupRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/setup',
  validateSearch: withToken,
  component: lazyRouteComponent(() => import('./session/setup-page.tsx'), 'SetupPage'),
});

const forgotRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/forgot',
  validateSearch: (search): { email?: string } => ({ email: text(search.email) }),
  component: lazyRouteComponent(() => import('./session/forgot-page.tsx'), 'ForgotPage'),
});

const resetRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/reset',
  validateSearch: withToken,
  component: lazyRouteComponent(() => import('./session/reset-page.tsx'), 'ResetPage'),
});

const inviteRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/invite',
  validateSearch: withToken,
  component: lazyRouteComponent(() => import('./session/invite-page.tsx'), 'InvitePage'),
});

const signUpRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-up',
  component: lazyRouteComponent(() => import('./session/sign-up-page.tsx'), 'SignUpPage'),
});

const confirmRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/confirm',
  validateSearch: withToken,
  component: lazyRouteComponent(() => import('./session/confirm-page.tsx'), 'ConfirmPage'),
});

const deskRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'desk',
  beforeLoad: async ({ context, location }) => {
    try {
      await context.queries.ensureQueryData(meQuery);
    } catch (error) {
      if (!hasCode(error, 'unauthenticated')) throw error;
      throw redirect({ to: '/sign-in', search: { to: location.href } });
    }
  },
  errorComponent: LoadFailed,
  component: lazyRouteComponent(() => import('./shell/desk.tsx'), 'Desk'),
});

const homeRoute = createRoute({
  getParentRoute: () => deskRoute,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/inbox', replace: true });
  },
});

const FILTERS: readonly StatusFilter[] = ['open', 'closed', 'all'];

export interface InboxSearch {
  status?: StatusFilter;
  q?: string;
  pane?: 'contact';
}

const inboxRoute = createRoute({
  getParentRoute: () => deskRoute,
  path: '/inbox',
  validateSearch: (search): InboxSearch => ({
    status: FILTERS.find((each) => each === search.status && each !== 'open'),
    q: text(search.q),
    pane: search.pane === 'contact' ? 'contact' : undefined,
  }),
  component: lazyRouteComponent(() => import('./inbox/inbox-page.tsx'), 'InboxPage'),
});

const noConversationRoute = createRoute({
  getParentRoute: () => inboxRoute,
  path: '/',
  component: lazyRouteComponent(() => import('./inbox/no-conversation.tsx'), 'NoConversation'),
});

const conversationRoute = createRoute({
  getParentRoute: () => inboxRoute,
  path: '$conversationId',
  component: lazyRouteComponent(() => import('./timeline/conversation-page.tsx'), 'ConversationPage'),
});

const contactsRoute = createRoute({
  getParentRoute: () => deskRoute,
  path: '/contacts',
  validateSearch: readContactFilter,
  component: lazyRouteComponent(() => import('./contacts/contacts-page.tsx'), 'ContactsPage'),
});

const duplicatesRoute = createRoute({
  getParentRoute: () => deskRoute,
  path: '/contacts/duplicates',
  component: lazyRouteComponent(() => import('./contacts/duplicates-page.tsx'), 'DuplicatesPage'),
});

const importsRoute = createRoute({
  getParentRoute: () => deskRoute,
  path: '/contacts/imports',
  component: lazyRouteComponent(() => import('./contacts/imports-page.tsx'), 'ImportsPage'),
});

const importRoute = createRoute({
  getParentRoute: () => deskRoute,
  path: '/contacts/imports/$importId',
  component: lazyRouteComponent(() => import('./contacts/import-page.tsx'), 'ImportPage'),
});

const contactRoute = createRoute({
  getParentRoute: () => deskRoute,
  path: '/contacts/$contactId',
  component: lazyRouteComponent(() => import('./contacts/contact-page.tsx'), 'ContactPage'),
});

const settingsRoute = createRoute({
  getParentRoute: () => deskRoute,
  path: '/settings',
  component: lazyRouteComponent(() => import('./settings/settings-page.tsx'), 'SettingsPage'),
});

const settingsHomeRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/settings/you', replace: true });
  },
});

const yourSettingsRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: 'you',
  component: lazyRouteComponent(() => import('./settings/your-settings.tsx'), 'YourSettings'),
});

/** The pages of the settings beside the person's own, each at an address of its own. */
const settingsPages = [
  settingsPage('security', () => import('./settings/security.tsx'), 'Security'),
  settingsPage('company', () => import('./settings/company.tsx'), 'CompanySettings'),
  settingsPage('people', () => import('./settings/people.tsx'), 'People'),
  settingsPage('teams', () => import('./settings/teams.tsx'), 'Teams'),
  settingsPage('contact-fields', () => import('./contacts/fields-page.tsx'), 'ContactFields'),
  settingsPage('numbers', () => import('./settings/numbers.tsx'), 'Numbers'),
  settingsPage('api-keys', () => import('./settings/api-keys.tsx'), 'ApiKeys'),
  settingsPage('sso', () => import('./settings/sso.tsx'), 'SingleSignOn'),
  createRoute({
    getParentRoute: () => settingsRoute,
    path: 'audit',
    validateSearch: readAuditSearch,
    component: lazyRouteComponent(() => import('./settings/audit.tsx'), 'Audit'),
  }),
] as const;

const routeTree = rootRoute.addChildren([
  signInRoute,
  setupRoute,
  forgotRoute,
  resetRoute,
  inviteRoute,
  signUpRoute,
  confirmRoute,
  deskRoute.addChildren([
    homeRoute,
    inboxRoute.addChildren([noConversationRoute, conversationRoute]),
    contactsRoute,
    duplicatesRoute,
    importsRoute,
    importRoute,
    contactRoute,
    settingsRoute.addChildren([settingsHomeRoute, yourSettingsRoute, ...settingsPages]),
  ]),
]);

/** One page of the settings, loaded when it is opened. */
function settingsPage<Path extends string, Name extends string>(
  path: Path,
  load: () => Promise<Record<Name, () => ReactNode>>,
  name: Name,
) {
  return createRoute({ getParentRoute: () => settingsRoute, path, component: lazyRouteComponent(load, name) });
}

export function createAppRouter(queries: QueryClient) {
  return createRouter({
    routeTree,
    context: { queries },
    defaultPreload: 'intent',
    defaultErrorComponent: LoadFailed,
    scrollRestoration: false,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
