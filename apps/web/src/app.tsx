import { Notifications } from '@mantine/notifications';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { ApiError } from './api/errors.ts';
import { createAppRouter } from './router.tsx';
import { ThemeProvider } from './theme/theme-provider.tsx';

const MOST_RETRIES = 2;

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      // A refusal stays a refusal; only silence and restarts are worth another try.
      retry: (count, error) => count < MOST_RETRIES && (!(error instanceof ApiError) || error.status >= 500),
    },
  },
});

const router = createAppRouter(queries);

export function App() {
  return (
    <ThemeProvider>
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
        <section aria-label="Notices">
          <Notifications position="bottom-left" withinPortal={false} />
        </section>
      </QueryClientProvider>
    </ThemeProvider>
  );
}
